package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real drivers hand out ends with the lease, and works until then. */
class HandedOutContractTest {
  /** The databases, and how each keeps large objects. */
  @SuppressWarnings("ImmutableEnumChecker") // the supplier is a method reference
  enum Database {
    POSTGRESQL(Databases::postgres, "CREATE TABLE t (id INT, b OID)"),
    MARIADB(Databases::mariaDb, "CREATE TABLE t (id INT, b BLOB, c TEXT)"),
    H2(Databases::h2, "CREATE TABLE t (id INT, b BLOB, c CLOB)");

    private final Supplier<TestDatabase> maker;
    private final String table;

    Database(Supplier<TestDatabase> maker, String table) {
      this.maker = maker;
      this.table = table;
    }
  }

  private static final class Fixture implements AutoCloseable {
    final TestDatabase database;
    final SluiceDataSource ds;

    Fixture(Database kind) throws SQLException {
      database = kind.maker.get();
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(kind.table);
      }
      ds =
          Sluice.dataSource(database.url())
              .user(database.user())
              .password(database.password())
              .minSize(0)
              .maxSize(1)
              .build();
    }

    @Override
    public void close() {
      ds.close();
      database.close();
    }
  }

  private static Blob blob(Connection connection, int id) throws SQLException {
    ResultSet rows = connection.createStatement().executeQuery("SELECT b FROM t WHERE id = " + id);
    rows.next();
    return rows.getBlob(1);
  }

  private static void insert(Connection connection, int id, byte[] bytes) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO t (id, b) VALUES (?, ?)")) {
      insert.setInt(1, id);
      insert.setBlob(2, new java.io.ByteArrayInputStream(bytes));
      insert.executeUpdate();
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug46BlobIsReadUntilTheLeaseEndsAndNotAfterwards(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind)) {
      Blob stale;
      try (Connection connection = fixture.ds.getConnection()) {
        connection.setAutoCommit(false);
        insert(connection, 1, new byte[] {1, 2, 3});
        stale = blob(connection, 1);
        assertThat(stale.getBytes(1, 3)).containsExactly(1, 2, 3);
        connection.commit();
      }

      try (Connection next = fixture.ds.getConnection()) {
        next.setAutoCommit(false);
        insert(next, 2, new byte[] {4, 5});
        assertThatThrownBy(() -> stale.getBytes(1, 3)).isInstanceOf(SQLException.class);
        assertThatThrownBy(stale::length).isInstanceOf(SQLException.class);
        assertThat(blob(next, 2).getBytes(1, 2)).as("its transaction lives").containsExactly(4, 5);
        next.commit();
      }
      assertThat(fixture.ds.stats().opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug46BlobThatWasReadIsWrittenBack(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind);
        Connection connection = fixture.ds.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, 1, new byte[] {1, 2, 3});
      Blob read = blob(connection, 1);

      try (PreparedStatement copy =
          connection.prepareStatement("INSERT INTO t (id, b) VALUES (2, ?)")) {
        copy.setBlob(1, read);
        copy.executeUpdate();
      }

      assertThat(blob(connection, 2).getBytes(1, 3)).containsExactly(1, 2, 3);
      connection.commit();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "H2"})
  void knownBug46ClobIsMadeWrittenAndRead(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind)) {
      Clob kept;
      try (Connection connection = fixture.ds.getConnection()) {
        Clob made = connection.createClob();
        made.setString(1, "some text");
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO t (id, c) VALUES (1, ?)")) {
          insert.setObject(1, made);
          insert.executeUpdate();
        }
        ResultSet rows = connection.createStatement().executeQuery("SELECT c FROM t");
        rows.next();
        kept = rows.getClob(1);
        assertThat(kept.getSubString(1, 4)).isEqualTo("some");
      }

      assertThatThrownBy(() -> kept.getSubString(1, 4)).isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "H2"})
  void knownBug46ArrayLeadsToTheHandleAndEndsWithIt(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind)) {
      Array stale;
      try (Connection connection = fixture.ds.getConnection()) {
        stale = array(connection);
        try (ResultSet elements = stale.getResultSet()) {
          assertThat(elements.next()).isTrue();
          Statement its = elements.getStatement();
          if (its != null) {
            assertThat(its.getConnection()).isSameAs(connection);
          }
        }
        assertThat((Object[]) stale.getArray()).containsExactly(1, 2);
      }

      assertThatThrownBy(stale::getArray).isInstanceOf(SQLException.class);
      assertThatThrownBy(stale::getResultSet).isInstanceOf(SQLException.class);
    }
  }

  private static Array array(Connection connection) throws SQLException {
    Array made = connection.createArrayOf("INTEGER", new Object[] {1, 2});
    PreparedStatement statement = connection.prepareStatement("SELECT CAST(? AS INT ARRAY)");
    statement.setArray(1, made);
    ResultSet rows = statement.executeQuery();
    rows.next();
    assertThat(rows.getObject(1)).isInstanceOf(Array.class);
    return rows.getArray(1);
  }

  @ParameterizedTest
  @EnumSource
  void knownBug46SavepointEndsWithItsLease(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind)) {
      Savepoint stale;
      try (Connection connection = fixture.ds.getConnection()) {
        connection.setAutoCommit(false);
        stale = connection.setSavepoint("s");
        insert(connection, 1, new byte[] {1});
        connection.rollback(stale);
        connection.releaseSavepoint(connection.setSavepoint("other"));
      }

      try (Connection next = fixture.ds.getConnection()) {
        next.setAutoCommit(false);
        next.setSavepoint("s");
        insert(next, 2, new byte[] {1});
        SQLException refused = (SQLException) catchThrowable(() -> next.rollback(stale));
        assertThat(refused.getSQLState()).isEqualTo("3B001");
        next.commit();
        assertThat(blob(next, 2)).isNotNull();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug46MetaDataAsksNoSessionAfterwards(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind)) {
      ResultSetMetaData stale;
      try (Connection connection = fixture.ds.getConnection()) {
        stale = connection.createStatement().executeQuery("SELECT id FROM t").getMetaData();
        assertThat(stale.getColumnName(1)).isEqualToIgnoringCase("id");
      }

      assertThatThrownBy(() -> stale.isAutoIncrement(1)).isInstanceOf(SQLException.class);
    }
  }
}
