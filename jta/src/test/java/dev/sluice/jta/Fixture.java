package dev.sluice.jta;

import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.XADataSource;

/** Narayana, and the data sources of one test, which it closes. */
final class Fixture implements AutoCloseable {
  final TransactionManager manager = Narayana.manager();
  private final List<JtaDataSource> sources = new ArrayList<>();

  /** A data source on a database, with two connections at most. */
  JtaDataSource source(Servers.Database database) {
    return source(database, database.xa(), builder -> builder);
  }

  /** One that calls the driver through a tap. */
  JtaDataSource source(Servers.Database database, Tap tap) {
    return source(database, tap.on(database.xa()), builder -> builder);
  }

  JtaDataSource source(Servers.Database database, UnaryOperator<JtaBuilder> more) {
    return source(database, database.xa(), more);
  }

  private JtaDataSource source(
      Servers.Database database, XADataSource xa, UnaryOperator<JtaBuilder> more) {
    JtaBuilder builder = builder().xaDataSource(xa).pool(pool -> login(pool, database));
    return keep(more.apply(builder).build());
  }

  static dev.sluice.jdbc.SluiceBuilder login(
      dev.sluice.jdbc.SluiceBuilder pool, Servers.Database database) {
    return pool.name(database.name())
        .maxSize(2)
        .acquireTimeout(java.time.Duration.ofSeconds(20))
        .user(database.server().user())
        .password(database.server().password());
  }

  JtaBuilder builder() {
    return JtaDataSource.builder(manager, Narayana.registry());
  }

  JtaDataSource keep(JtaDataSource source) {
    sources.add(source);
    return source;
  }

  /** Writes a note by a handle of its own. */
  static void note(JtaDataSource source, int id) throws SQLException {
    try (Connection connection = source.getConnection()) {
      note(connection, id);
    }
  }

  static void note(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (" + id + ", 'x')");
    }
  }

  /** Writes a note into each just before the completion, as Hibernate does that flushes then. */
  static Synchronization writing(int id, JtaDataSource... sources) {
    return new Synchronization() {
      @Override
      public void beforeCompletion() {
        try {
          for (JtaDataSource source : sources) {
            note(source, id);
          }
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void afterCompletion(int status) {}
    };
  }

  /** The number of the server's session. */
  static int session(Connection connection) throws SQLException {
    String query =
        connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")
            ? "SELECT pg_backend_pid()"
            : "SELECT connection_id()";
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  static long active(JtaDataSource source) {
    return source.pool().stats().active();
  }

  @Override
  public void close() throws SystemException {
    if (manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
      manager.rollback();
    }
    sources.forEach(JtaDataSource::close);
  }
}
