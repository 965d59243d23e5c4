package dev.sluice.jta;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/** The databases of the tests; their servers end with the JVM. */
final class Servers {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private Servers() {}

  private static final class Postgres {
    static final EmbeddedServer SERVER =
        Databases.privatePostgres(Map.of("max_prepared_transactions", "100"));
  }

  private static final class Maria {
    static final EmbeddedServer SERVER = Databases.privateMariaDb(Map.of());
  }

  /** A PostgreSQL that can prepare transactions. */
  static EmbeddedServer postgres() {
    return Postgres.SERVER;
  }

  static EmbeddedServer mariaDb() {
    return Maria.SERVER;
  }

  /** A new database, with a table of notes. */
  static Database database(EmbeddedServer server) {
    String name = "jta" + ProcessHandle.current().pid() + "_" + NAMES.incrementAndGet();
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Database database = new Database(server, name);
    database.execute("CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(40))");
    return database;
  }

  /** One database of a server. */
  record Database(EmbeddedServer server, String name) {
    String url() {
      return server.jdbcUrl(name);
    }

    /** A source of connections that can prepare. */
    XADataSource xa() {
      try {
        if (url().startsWith("jdbc:postgresql:")) {
          PGXADataSource source = new PGXADataSource();
          source.setUrl(url());
          return source;
        }
        return new MariaDbDataSource(url());
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    Connection connect() throws SQLException {
      return DriverManager.getConnection(url(), server.user(), server.password());
    }

    void execute(String sql) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(sql, e);
      }
    }

    int number(String query) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        rows.next();
        return rows.getInt(1);
      } catch (SQLException e) {
        throw new IllegalStateException(query, e);
      }
    }

    int notes() {
      return number("SELECT count(*) FROM note");
    }

    /** How many branches are prepared and wait for an outcome. */
    int inDoubt() {
      return url().startsWith("jdbc:postgresql:")
          ? number("SELECT count(*) FROM pg_prepared_xacts WHERE database = '" + name + "'")
          : rows("XA RECOVER");
    }

    /** Rolls back what a test left prepared. */
    void rollBackPrepared() {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        List<String> names = new ArrayList<>();
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT gid FROM pg_prepared_xacts WHERE database = '" + name + "'")) {
          while (rows.next()) {
            names.add(rows.getString(1));
          }
        }
        for (String each : names) {
          statement.execute("ROLLBACK PREPARED '" + each + "'");
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private int rows(String query) {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        return count;
      } catch (SQLException e) {
        throw new IllegalStateException(query, e);
      }
    }
  }
}
