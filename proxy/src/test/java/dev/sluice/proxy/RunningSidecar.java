package dev.sluice.proxy;

import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;

/** A sidecar in front of the embedded PostgreSQL, and connections to both. */
final class RunningSidecar implements AutoCloseable {
  private static final String OTHERS =
      "\"other\" \"secret\"\n\"watcher\" \"watching\"\n\"somebody\" \"else\"\n";

  final TestDatabase database = Databases.postgres();

  /** Between the sidecar and the server. */
  final FaultProxy network;

  final ByteArrayOutputStream log = new ByteArrayOutputStream();
  final Sidecar sidecar;

  /** The configuration, which a test may write anew. */
  final Path file;

  private final Path folder;

  /** Starts one with these lines in the section of settings, and these at the database's entry. */
  RunningSidecar(String settings, String entry) {
    this(settings, entry, 1);
  }

  /** Starts one with so many event loops. */
  RunningSidecar(String settings, String entry, int loops) {
    this(settings, entry, loops, "");
  }

  /** Starts one with a sluice.toml beside its file. */
  RunningSidecar(String settings, String entry, int loops, String toml) {
    this.network = FaultProxy.before(database.port());
    try {
      folder = Files.createTempDirectory("sidecar");
      Files.writeString(
          folder.resolve("users.txt"),
          "\"" + database.user() + "\" \"" + database.password() + "\"\n" + OTHERS);
      file = folder.resolve("pgbouncer.ini");
      Files.writeString(file, ini(settings, entry));
      Files.writeString(folder.resolve("sluice.toml"), toml);
      ProxyConfig config = ProxyConfig.load(file);
      OwnConfig own = OwnConfig.load(Optional.empty(), Optional.of(file));
      PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
      sidecar = Sidecar.start(config, own, out, loops);
    } catch (IOException | ConfigException e) {
      network.close();
      database.close();
      throw new AssertionError("The sidecar does not start.", e);
    }
  }

  private String ini(String settings, String entry) {
    return """
        [databases]
        db = host=127.0.0.1 port=%d dbname=%s %s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = 0
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        ignore_startup_parameters = extra_float_digits
        %s
        """
        .formatted(network.port(), serverDatabase(), entry, folder.resolve("users.txt"), settings);
  }

  private String serverDatabase() {
    String path = database.url().substring(database.url().lastIndexOf('/') + 1);
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /** A client's connection, through the sidecar. */
  Connection connect(String... properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", database.user());
    all.setProperty("password", database.password());
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/db", all);
  }

  /** Creates a user at the server, whom the sidecar's list of users has from the start. */
  void createUser(String name, String password) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP ROLE IF EXISTS " + name);
      statement.execute("CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    }
  }

  /** A connection to the console. */
  Connection console(String user, String password, String... properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/pgbouncer", all);
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    sidecar.close();
    network.close();
    database.close();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
