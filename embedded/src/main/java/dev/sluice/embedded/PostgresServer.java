package dev.sluice.embedded;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of one's own. It authenticates with SCRAM-SHA-256, as real ones do, and does
 * not wait for the disk.
 */
public final class PostgresServer extends Host {
  private static final String USER = "postgres";
  private static final String PASSWORD = "postgres-embedded";

  private final Map<String, String> settings;
  private final Path programs;
  private final Disguise disguise;

  /** What the pid file held before the last launch: a killed server leaves its file behind. */
  private List<String> stalePidFile = List.of();

  /** The server whose data a standby begins with; null for a server of its own. */
  private final @Nullable PostgresServer origin;

  private PostgresServer(Map<String, String> settings, @Nullable PostgresServer origin) {
    super("postgres");
    this.settings = settings;
    this.origin = origin;
    this.programs = unpack();
    this.disguise = Disguise.forProgram(programs.resolve("bin/postgres"));
  }

  /**
   * Starts a server with its default settings.
   *
   * @throws EmbeddedServerException if there are no binaries for this platform, or it does not
   *     start
   */
  public static PostgresServer start(Map<String, String> settings) {
    return start(settings, null);
  }

  /**
   * Starts a hot standby that follows a server by streaming replication, from a copy of its data.
   * For the time of the copy the followed server is stopped. If it runs, it is started again.
   *
   * @param primary what to follow; itself a primary or a standby
   * @param settings of the standby; those of the primary do not apply
   * @throws EmbeddedServerException if one of the two does not start
   */
  public static PostgresServer startStandby(PostgresServer primary, Map<String, String> settings) {
    return start(settings, primary);
  }

  private static PostgresServer start(
      Map<String, String> settings, @Nullable PostgresServer origin) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("fsync", "off");
    all.put("synchronous_commit", "off");
    all.put("full_page_writes", "off");
    all.put("max_connections", "300");
    all.put("shared_buffers", "32MB");
    all.putAll(settings);
    PostgresServer server = new PostgresServer(Map.copyOf(all), origin);
    server.create();
    return server;
  }

  private static Path unpack() {
    String archive = Platform.CURRENT.postgresArchive();
    URL url = PostgresServer.class.getClassLoader().getResource(archive);
    if (url == null) {
      throw new EmbeddedServerException(
          "There is no PostgreSQL for "
              + Platform.CURRENT
              + " on the class path ("
              + archive
              + " is missing). Use a database of your own instead.");
    }
    return Binaries.unpackedOnce(cacheName(url), into -> Binaries.unpackTxz(url, into));
  }

  /** Made of the jar's name, which carries the version. */
  private static String cacheName(URL url) {
    String jar = url.getPath().substring(0, url.getPath().lastIndexOf('!'));
    return jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", "") + "-1";
  }

  private Path data() {
    return home.resolve("data");
  }

  @Override
  void initialize() throws IOException {
    disguise.own(home);
    if (origin != null) {
      follow(origin);
      return;
    }
    Path passwordFile = Files.writeString(home.resolve("password"), PASSWORD + "\n");
    disguise.own(passwordFile);
    List<String> command =
        List.of(
            programs.resolve("bin/initdb").toString(),
            "--pgdata=" + data(),
            "--username=" + USER,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions");
    ServerProcess.run(disguise.command(command), environment(), home, home.resolve("initdb.log"));
    Files.delete(passwordFile);
  }

  private void follow(PostgresServer primary) throws IOException {
    boolean ran = primary.isRunning();
    primary.stop(Stop.FAST);
    copyData(primary.data());
    if (ran) {
      primary.start();
    }
    own(Files.writeString(data().resolve("standby.signal"), ""));
    String conninfo =
        "host=127.0.0.1 port=%d user=%s password=%s application_name=standby"
            .formatted(primary.port(), USER, PASSWORD);
    own(
        Files.writeString(
            data().resolve("postgresql.auto.conf"), "primary_conninfo = '" + conninfo + "'\n"));
  }

  private void copyData(Path from) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path copy = data().resolve(from.relativize(path).toString());
        own(Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES));
      }
    }
    Files.deleteIfExists(data().resolve("postmaster.pid"));
  }

  private void own(Path path) throws IOException {
    disguise.own(path);
  }

  @Override
  ServerProcess launch(int port) {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("bin/postgres").toString());
    command.addAll(List.of("-D", data().toString(), "-p", Integer.toString(port)));
    command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    stalePidFile = pidFile();
    return ServerProcess.start(disguise.command(command), environment(), home, log());
  }

  private static Map<String, String> environment() {
    return Map.of("LC_ALL", "C", "TZ", "UTC");
  }

  /** The server writes "ready" into its pid file, for pg_ctl to wait for. */
  @Override
  boolean isReady() {
    List<String> lines = pidFile();
    return lines.size() >= 8 && !lines.equals(stalePidFile) && lines.get(7).trim().equals("ready");
  }

  private List<String> pidFile() {
    try {
      return Files.readAllLines(data().resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot read the pid file of " + this + ": " + e, e);
    }
  }

  @Override
  void askToStop(ServerProcess process, Stop how) {
    process.signal(how == Stop.FAST ? "INT" : "QUIT");
  }

  @Override
  boolean blamesPort(String logTail) {
    return logTail.contains("could not create any TCP/IP sockets");
  }

  @Override
  boolean blamesPredecessor(String logTail) {
    return logTail.contains("pre-existing shared memory block")
        && logTail.lastIndexOf("pre-existing shared memory block")
            > logTail.lastIndexOf("starting PostgreSQL");
  }

  @Override
  public String user() {
    return USER;
  }

  @Override
  public String password() {
    return PASSWORD;
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  @Override
  public String jdbcUrl() {
    return jdbcUrl("postgres");
  }

  @Override
  public String toString() {
    return "Embedded PostgreSQL on port " + port();
  }
}
