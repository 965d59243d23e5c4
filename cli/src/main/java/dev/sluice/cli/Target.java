package dev.sluice.cli;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The database that a demo runs on: an embedded PostgreSQL of its own, or the user's. */
final class Target implements AutoCloseable {
  private final SluiceConfig config;
  private final @Nullable EmbeddedServer server;

  private Target(SluiceConfig config, @Nullable EmbeddedServer server) {
    this.config = config;
    this.server = server;
  }

  /** Starts a PostgreSQL that lives until this is closed. */
  static Target embedded() {
    return embedded(Map.of());
  }

  /** Starts a PostgreSQL with these settings, which lives until this is closed. */
  static Target embedded(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("log_min_messages", "panic");
    EmbeddedServer server = PostgresServer.start(all);
    SluiceConfig config =
        Sluice.dataSource(server.jdbcUrl())
            .user(server.user())
            .password(server.password())
            .toConfig();
    return new Target(config, server);
  }

  /** The user's own, with whatever of user and password the URL does not have. */
  static Target at(String url, @Nullable String user, @Nullable Secret password) {
    SluiceBuilder builder = Sluice.dataSource(url);
    if (user != null) {
      builder.user(user);
    }
    if (password != null) {
      builder.password(password);
    }
    return new Target(builder.toConfig(), null);
  }

  boolean isEmbedded() {
    return server != null;
  }

  /**
   * The embedded server.
   *
   * @throws IllegalStateException if it is the user's own database
   */
  EmbeddedServer server() {
    if (server == null) {
      throw new IllegalStateException("not embedded");
    }
    return server;
  }

  /** Where it is, without secrets. */
  String url() {
    return config.displayUrl();
  }

  /** Starts the configuration of a pool of connections to it. */
  SluiceBuilder pool() {
    return config.toBuilder();
  }

  /** Opens a connection to it without any pool. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    config.driverProperties().forEach((name, value) -> properties.put(name, value.revealObject()));
    String user = config.user();
    if (user != null) {
      properties.put("user", user);
    }
    Secret password = config.password();
    if (password != null) {
      properties.put("password", password.reveal());
    }
    return DriverManager.getConnection(Objects.requireNonNull(config.url()), properties);
  }

  /** Opens the first connection, and says plainly what is wrong if it cannot be had. */
  Connection connectFirst() {
    try {
      return connect();
    } catch (SQLException e) {
      throw Sentence.unreachable(url(), Objects.toString(config.user(), ""), e);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
