package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is put back is what a fresh connection had, whatever SQL did to the property before, between
 * and after the changes by JDBC.
 */
class InitialStateTest {
  private interface Change {
    void to(Connection connection) throws SQLException;
  }

  /**
   * A property, two changes of it by JDBC, and two by SQL, the second of which undoes the first.
   */
  private record Changes(String name, Change one, Change other, Change bySql, Change backBySql) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Change sql(String text) {
    return connection -> run(connection, text);
  }

  private static List<Changes> changes(RealDatabase kind) {
    return switch (kind) {
      case POSTGRESQL ->
          List.of(
              new Changes(
                  "schema",
                  c -> c.setSchema("audit"),
                  c -> c.setSchema("pg_catalog"),
                  sql("SET search_path TO tenant1"),
                  sql("SET search_path TO \"$user\", public")),
              isolation(
                  "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                  "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"),
              new Changes(
                  "read-only",
                  c -> c.setReadOnly(true),
                  c -> c.setReadOnly(true),
                  sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"),
                  sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")),
              new Changes(
                  "client info",
                  c -> c.setClientInfo("ApplicationName", "one"),
                  c -> c.setClientInfo("ApplicationName", "other"),
                  sql("SET application_name = 'tenant1'"),
                  sql("SET application_name = 'contract'")));
      case MARIADB, MYSQL ->
          List.of(
              isolation(
                  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
                  "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
              new Changes(
                  "read-only",
                  c -> c.setReadOnly(true),
                  c -> c.setReadOnly(true),
                  sql("SET SESSION TRANSACTION READ ONLY"),
                  sql("SET SESSION TRANSACTION READ WRITE")),
              new Changes(
                  "catalog",
                  c -> c.setCatalog("mysql"),
                  c -> c.setCatalog("information_schema"),
                  sql("USE mysql"),
                  sql("USE information_schema")),
              autoCommit("SET autocommit = 0", "SET autocommit = 1"));
      case H2 ->
          List.of(
              isolation(
                  "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                  "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"),
              new Changes(
                  "schema",
                  c -> c.setSchema("AUDIT"),
                  c -> c.setSchema("INFORMATION_SCHEMA"),
                  sql("SET SCHEMA TENANT1"),
                  sql("SET SCHEMA PUBLIC")),
              new Changes(
                  "query timeout",
                  c -> timeout(c, 7),
                  c -> timeout(c, 8),
                  sql("SET QUERY_TIMEOUT 5000"),
                  sql("SET QUERY_TIMEOUT 0")),
              autoCommit("SET AUTOCOMMIT FALSE", "SET AUTOCOMMIT TRUE"));
      case SQLITE ->
          List.of(
              new Changes(
                  "isolation",
                  c -> c.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED),
                  c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
                  sql("PRAGMA read_uncommitted = 1"),
                  sql("PRAGMA read_uncommitted = 0")));
      case DUCKDB ->
          List.of(
              new Changes(
                  "schema",
                  c -> c.setSchema("audit"),
                  c -> c.setSchema("tenant1"),
                  sql("SET schema = 'tenant1'"),
                  sql("SET schema = 'main'")),
              new Changes(
                  "catalog",
                  c -> c.setCatalog("ours"),
                  c -> c.setCatalog("theirs"),
                  sql("USE theirs"),
                  sql("USE ours")));
    };
  }

  private static Changes isolation(String bySql, String backBySql) {
    return new Changes(
        "isolation",
        c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
        c -> c.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED),
        sql(bySql),
        sql(backBySql));
  }

  private static Changes autoCommit(String bySql, String backBySql) {
    return new Changes(
        "auto-commit",
        c -> c.setAutoCommit(false),
        c -> c.setAutoCommit(false),
        sql(bySql),
        sql(backBySql));
  }

  private static void timeout(Connection connection, int seconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
    }
  }

  /** The orders in which the changes come. */
  enum Order {
    SQL_JDBC {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.bySql, changes.one);
      }
    },
    SQL_JDBC_SQL_BACK {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.bySql, changes.one, changes.backBySql);
      }
    },
    JDBC_SQL {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.one, changes.bySql);
      }
    },
    JDBC_SQL_JDBC {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.one, changes.bySql, changes.other);
      }
    },
    SQL_JDBC_SQL_JDBC {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.bySql, changes.one, changes.bySql, changes.other);
      }
    },
    SQL_SQL_BACK_JDBC {
      @Override
      List<Change> of(Changes changes) {
        return List.of(changes.bySql, changes.backBySql, changes.one);
      }
    };

    abstract List<Change> of(Changes changes);
  }

  static Stream<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (RealDatabase kind : RealDatabase.values()) {
      for (Changes changes : changes(kind)) {
        for (Order order : Order.values()) {
          all.add(Arguments.of(kind, changes, order));
        }
      }
    }
    return all.stream();
  }

  private static TestDatabase database(RealDatabase kind) throws SQLException {
    TestDatabase database = kind.create();
    try (Connection connection = database.connect()) {
      if (!kind.isMariaDbServer() && kind != RealDatabase.SQLITE) {
        run(connection, "CREATE SCHEMA tenant1");
        run(connection, "CREATE SCHEMA audit");
      }
    }
    return database;
  }

  /** What the driver and the server say of a session. */
  private static Map<String, Object> session(RealDatabase kind, Connection connection)
      throws SQLException {
    Map<String, Object> session = new TreeMap<>();
    session.put("auto-commit", connection.getAutoCommit());
    session.put("read-only", connection.isReadOnly());
    session.put("isolation", connection.getTransactionIsolation());
    session.put("catalog", String.valueOf(connection.getCatalog()));
    session.put("schema", String.valueOf(connection.getSchema()));
    if (kind != RealDatabase.DUCKDB) {
      session.put("client info", String.valueOf(connection.getClientInfo()));
    }
    session.put("server", server(kind, connection));
    return session;
  }

  private static String server(RealDatabase kind, Connection connection) throws SQLException {
    return switch (kind) {
      case POSTGRESQL ->
          text(
              connection,
              """
              SELECT current_setting('search_path') || '|' || current_setting('application_name')
                  || '|' || current_setting('default_transaction_isolation')
                  || '|' || current_setting('default_transaction_read_only')
              """);
      case MARIADB, MYSQL ->
          text(
              connection,
              "SELECT CONCAT_WS('|', DATABASE(), @@tx_isolation, @@tx_read_only, @@autocommit)");
      case H2 ->
          text(
              connection,
              """
              SELECT CURRENT_SCHEMA || '|' || ISOLATION_LEVEL || '|' ||
                  COALESCE((SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS
                      WHERE SETTING_NAME = 'QUERY_TIMEOUT'), '0')
              FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID = SESSION_ID()
              """);
      case SQLITE -> text(connection, "PRAGMA read_uncommitted");
      case DUCKDB -> text(connection, "SELECT current_schema() || '|' || current_database()");
    };
  }

  @ParameterizedTest
  @MethodSource("all")
  void knownBug33WhatIsPutBackIsWhatAFreshConnectionHad(
      RealDatabase kind, Changes changes, Order order) throws SQLException {
    try (TestDatabase database = database(kind);
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      Map<String, Object> fresh;
      try (SluiceDataSource another = RealDatabase.pool(database).build();
          Connection connection = another.getConnection()) {
        fresh = session(kind, connection);
      }
      try (Connection connection = ds.getConnection()) {
        if (kind == RealDatabase.DUCKDB) {
          run(connection, "ATTACH ':memory:' AS ours");
          run(connection, "ATTACH ':memory:' AS theirs");
        }
        for (Change change : order.of(changes)) {
          change.to(connection);
        }
      }

      for (int i = 0; i < 2; i++) {
        try (Connection connection = ds.getConnection()) {
          assertThat(session(kind, connection)).isEqualTo(fresh);
        }
      }
      assertThat(ds.stats().opened()).as("connections opened").isEqualTo(1);
    }
  }

  /** What the pool's own set-up made of it is what a fresh connection has. */
  @ParameterizedTest
  @EnumSource(Order.class)
  void whatTheSetUpMadeOfItIsPutBackOnPostgres(Order order) throws SQLException {
    for (Changes changes : changes(RealDatabase.POSTGRESQL).subList(0, 2)) {
      try (TestDatabase database = database(RealDatabase.POSTGRESQL);
          SluiceDataSource ds =
              RealDatabase.pool(database)
                  .initSql(
                      "SET search_path TO audit, public",
                      "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                  .build()) {
        Map<String, Object> fresh;
        try (Connection connection = ds.getConnection()) {
          fresh = session(RealDatabase.POSTGRESQL, connection);
        }
        ds.refresh();
        try (Connection connection = ds.getConnection()) {
          for (Change change : order.of(changes)) {
            change.to(connection);
          }
          connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        }

        try (Connection connection = ds.getConnection()) {
          assertThat(session(RealDatabase.POSTGRESQL, connection)).isEqualTo(fresh);
        }
      }
    }
  }

  @Test
  void initialPathOfTheRoleIsPutBackThoughItWasChangedMeanwhile() throws SQLException {
    try (TestDatabase database = database(RealDatabase.POSTGRESQL);
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection admin = database.connect()) {
        run(admin, "ALTER DATABASE " + database.name() + " SET search_path TO audit, public");
      }
      try (Connection connection = ds.getConnection()) {
        run(connection, "SET search_path TO tenant1");
        connection.setSchema("pg_catalog");
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SHOW search_path")).isEqualTo("audit, public");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }
}
