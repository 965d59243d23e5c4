package dev.sluice.jdbc;

import dev.sluice.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The real PgBouncer before a PostgreSQL, in transaction mode, with one server connection. */
final class PgBouncer implements AutoCloseable {
  private static final String VARIABLE = "SLUICE_PGBOUNCER";

  private final TestDatabase database;
  private final Path folder;
  private final Process process;
  private final int port;

  private PgBouncer(TestDatabase database, Path folder, Process process, int port) {
    this.database = database;
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /**
   * The program: where the environment says, or where a package puts it. Empty if there is none.
   */
  static Optional<Path> program() {
    String named = System.getenv(VARIABLE);
    return Stream.of(named == null ? "" : named, "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, and waits until it answers. */
  static PgBouncer before(TestDatabase database) throws SQLException {
    try {
      Path folder = Files.createTempDirectory("sluice-pgbouncer");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      int port = freePort();
      Path ini = folder.resolve("pgbouncer.ini");
      Files.writeString(ini, settings(database, port));
      Process process =
          new ProcessBuilder(command(ini))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output.txt").toFile())
              .start();
      PgBouncer running = new PgBouncer(database, folder, process, port);
      running.awaitAnswer();
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String settings(TestDatabase database, int port) {
    return String.join(
        "\n",
        "[databases]",
        "* = host=127.0.0.1 port=%d user=%s password=%s"
            .formatted(database.port(), database.user(), database.password()),
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        "listen_port = " + port,
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        "default_pool_size = 1",
        "ignore_startup_parameters = extra_float_digits",
        "");
  }

  /** It refuses to run as root. */
  private static List<String> command(Path ini) {
    List<String> command = new ArrayList<>(List.of(program().orElseThrow().toString()));
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.add(ini.toString());
    return command;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws SQLException, IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (Connection connection =
          DriverManager.getConnection(url(), database.user(), database.password())) {
        connection.isValid(10);
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() - end > 0) {
          String output = Files.readString(folder.resolve("output.txt"));
          close();
          throw new SQLException("PgBouncer does not answer: " + output, e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  /** The URL of the database behind it. */
  String url() {
    return database.url().replace(":" + database.port() + "/", ":" + port + "/");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try (Stream<Path> files = Files.walk(folder)) {
      process.waitFor();
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
