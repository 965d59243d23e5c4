package dev.sluice.cli;

import dev.sluice.embedded.EmbeddedServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sidecar in a process of its own, in front of an embedded PostgreSQL. */
final class LocalSidecar implements AutoCloseable {
  static final String DATABASE = "demo";

  private static final String CONSOLE = "pgbouncer";
  private static final long START_SECONDS = 30;
  private static final long STOP_SECONDS = 5;
  private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+)$");

  private final EmbeddedServer server;
  private final Path folder;
  private final Process process;
  private final int port;

  private LocalSidecar(EmbeddedServer server, Path folder, Process process, int port) {
    this.server = server;
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one and waits until it listens.
   *
   * @param clients how many may log in, the console's among them
   * @param servers how many connections it opens to the server
   */
  static LocalSidecar start(EmbeddedServer server, int clients, int servers) throws IOException {
    Path folder = Files.createTempDirectory("sluice-demo-");
    Path users = folder.resolve("userlist.txt");
    Path ini = folder.resolve("pgbouncer.ini");
    Files.writeString(users, "\"%s\" \"%s\"\n".formatted(server.user(), server.password()));
    Files.writeString(ini, configuration(server, users, clients, servers));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.proxy.Main",
                ini.toString())
            .redirectErrorStream(true)
            .start();
    try {
      return new LocalSidecar(server, folder, process, awaitPort(process));
    } catch (CommandFailure e) {
      end(process);
      delete(folder);
      throw e;
    }
  }

  private static String configuration(EmbeddedServer server, Path users, int clients, int servers) {
    return """
        [databases]
        %s = host=127.0.0.1 port=%d dbname=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = 0
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        admin_users = %s
        ignore_startup_parameters = extra_float_digits
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = %d
        log_connections = 0
        log_disconnections = 0
        """
        .formatted(DATABASE, server.port(), users, server.user(), servers, clients);
  }

  /** Reads what the process says until it names its port; the rest is read and dropped. */
  private static int awaitPort(Process process) {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process, port), "demo-sidecar-log");
    reader.setDaemon(true);
    reader.start();
    try {
      return port.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new CommandFailure("The sidecar did not start: " + cause.getMessage(), e);
    } catch (TimeoutException e) {
      throw new CommandFailure("The sidecar did not start within " + START_SECONDS + " s.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("The demo was interrupted.", e);
    }
  }

  private static void read(Process process, CompletableFuture<Integer> port) {
    StringBuilder said = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
          port.complete(Integer.valueOf(listening.group(1)));
        } else if (!port.isDone()) {
          said.append(line).append(System.lineSeparator());
        }
      }
      port.completeExceptionally(new IOException(said.toString().strip()));
    } catch (IOException e) {
      port.completeExceptionally(e); // the process is being ended
    }
  }

  /** Where clients connect. */
  String url() {
    return url(DATABASE);
  }

  /** Where the console is. */
  String consoleUrl() {
    return url(CONSOLE) + "?preferQueryMode=simple";
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The command that opens the console, for people who want to look inside. */
  String consoleCommand() {
    return "PGPASSWORD=%s psql -h 127.0.0.1 -p %d -U %s %s"
        .formatted(server.password(), port, server.user(), CONSOLE);
  }

  @Override
  public void close() {
    end(process);
    delete(folder);
  }

  private static void end(Process process) {
    process.destroy(); // it ends when its last client has gone
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private static void delete(Path folder) {
    try {
      for (String name : List.of("userlist.txt", "pgbouncer.ini", "")) {
        Files.deleteIfExists(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new CommandFailure("The folder " + folder + " could not be deleted: " + e + ".", e);
    }
  }
}
