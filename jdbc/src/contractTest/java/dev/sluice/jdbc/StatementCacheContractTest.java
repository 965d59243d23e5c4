package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Statements that rest between leases answer as new ones would, with each driver. */
class StatementCacheContractTest {
  private static final int SIZE = 3;

  private static SluiceDataSource pool(TestDatabase database) {
    return RealDatabase.pool(database).statementCacheSize(SIZE).build();
  }

  private static int resting(Connection connection) throws SQLException {
    StatementCache cache = connection.unwrap(SluiceConnection.class).physical.changes.statements;
    assertThat(cache).isNotNull();
    return cache.resting();
  }

  private static String valueOf(Connection connection, int id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT v FROM t WHERE id = ?")) {
      statement.setInt(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : "none";
      }
    }
  }

  private static void fill(Connection connection) throws SQLException {
    run(connection, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))");
    run(connection, "INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')");
  }

  @ParameterizedTest
  @EnumSource
  void statementsRestFromLeaseToLeaseAndAnswerEachTime(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database)) {
      try (Connection connection = ds.getConnection()) {
        fill(connection);
      }
      for (int round = 0; round < 12; round++) { // beyond what drivers prepare at the server
        try (Connection connection = ds.getConnection()) {
          int id = 1 + round % 3;
          assertThat(valueOf(connection, id))
              .isEqualTo(new String[] {"one", "two", "three"}[id - 1]);
          assertThat(valueOf(connection, 9)).isEqualTo("none");
          assertThat(resting(connection)).isEqualTo(1);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tableThatIsChangedBetweenTwoUsesIsSeenAsItIs(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database);
        Connection connection = ds.getConnection()) {
      fill(connection);
      for (int round = 0; round < 8; round++) {
        assertThat(valueOf(connection, 1)).isEqualTo("one");
      }

      run(connection, "DROP TABLE t");
      assertThatThrownBy(() -> valueOf(connection, 1)).isInstanceOf(SQLException.class);
      run(connection, "CREATE TABLE t (v VARCHAR(20), id INT PRIMARY KEY)");
      run(connection, "INSERT INTO t VALUES ('new', 1)");

      assertThat(valueOf(connection, 1)).isEqualTo("new");
    }
  }

  /** The statement of one tenant must not read the table of another. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL", "H2"})
  void schemaOfTheLeaseDecidesWhichTableIsRead(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database)) {
      String[] tenants = new String[2];
      try (Connection connection = ds.getConnection()) {
        for (int i = 0; i < tenants.length; i++) {
          tenants[i] = database.name() + "_" + i;
          run(connection, "CREATE SCHEMA " + tenants[i]);
          run(connection, "CREATE TABLE " + tenants[i] + ".t (id INT PRIMARY KEY, v VARCHAR(50))");
          run(connection, "INSERT INTO " + tenants[i] + ".t VALUES (1, '" + tenants[i] + "')");
        }
      }
      try {
        for (int round = 0; round < 8; round++) {
          for (String tenant : tenants) {
            try (Connection connection = ds.getConnection()) {
              enter(kind, connection, tenant, round);
              assertThat(valueOf(connection, 1)).isEqualTo(tenant);
              assertThat(valueOf(connection, 1)).isEqualTo(tenant);
            }
          }
        }
      } finally {
        try (Connection connection = ds.getConnection()) {
          for (String tenant : tenants) {
            run(connection, "DROP SCHEMA " + tenant + (kind.isMariaDbServer() ? "" : " CASCADE"));
          }
        }
      }
    }
  }

  /** By JDBC and by SQL, in turn. */
  private static void enter(RealDatabase kind, Connection connection, String tenant, int round)
      throws SQLException {
    if (round % 2 == 0) {
      if (kind.isMariaDbServer()) {
        connection.setCatalog(tenant);
      } else {
        connection.setSchema(
            kind == RealDatabase.H2 ? tenant.toUpperCase(java.util.Locale.ROOT) : tenant);
      }
    } else {
      run(
          connection,
          switch (kind) {
            case POSTGRESQL -> "SET search_path = " + tenant;
            case H2 -> "SET SCHEMA " + tenant;
            default -> "USE " + tenant;
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void resultsOfTheLastUseAreClosedAndOptionsAreAsNew(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database);
        Connection connection = ds.getConnection()) {
      fill(connection);
      String sql = "SELECT id FROM t ORDER BY id";
      int fetchSize;
      ResultSet left;
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        fetchSize = statement.getFetchSize();
        statement.setMaxRows(1);
        left = statement.executeQuery();
      }
      assertThatThrownBy(left::next).isInstanceOf(SQLException.class);

      try (PreparedStatement statement = connection.prepareStatement(sql);
          ResultSet rows = statement.executeQuery()) {
        int count = 0;
        while (rows.next()) {
          count++;
        }
        assertThat(count).isEqualTo(3);
        assertThat(statement.getFetchSize()).isEqualTo(fetchSize);
      }
    }
  }

  private static SluiceDataSource filled(TestDatabase database) throws SQLException {
    SluiceDataSource ds = pool(database);
    try (Connection connection = ds.getConnection()) {
      fill(connection);
    }
    return ds;
  }

  private interface Question {
    ResultSet of(PreparedStatement statement) throws SQLException;
  }

  /** How many rows it answers; none if it refuses. */
  private static int rows(PreparedStatement statement, Question question) {
    try (ResultSet rows = question.of(statement)) {
      int count = 0;
      while (rows != null && rows.next()) {
        count++;
      }
      return count;
    } catch (SQLException e) {
      return 0;
    }
  }

  @ParameterizedTest
  @EnumSource
  void resultThatNobodyReadDoesNotReachTheNextBorrower(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = filled(database)) {
      String sql = "SELECT v FROM t";
      try (Connection connection = ds.getConnection();
          PreparedStatement statement = connection.prepareStatement(sql)) {
        assertThat(statement.execute()).isTrue();
      }

      try (Connection connection = ds.getConnection();
          PreparedStatement statement = connection.prepareStatement(sql)) {
        assertThat(rows(statement, PreparedStatement::getResultSet)).isZero();
        assertThat(statement.execute()).isTrue();
        assertThat(rows(statement, PreparedStatement::getResultSet)).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SQLITE", "DUCKDB"}) // the connection's
  void generatedKeysDoNotReachTheNextBorrower(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database)) {
      try (Connection connection = ds.getConnection()) {
        run(
            connection,
            kind.isMariaDbServer()
                ? "CREATE TABLE k (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20))"
                : "CREATE TABLE k (id INT GENERATED BY DEFAULT AS IDENTITY, v VARCHAR(20))");
      }
      String sql = "INSERT INTO k (v) VALUES ('x')";
      for (int round = 0; round < 3; round++) {
        try (Connection connection = ds.getConnection();
            PreparedStatement statement =
                connection.prepareStatement(sql, PreparedStatement.RETURN_GENERATED_KEYS)) {
          assertThat(rows(statement, PreparedStatement::getGeneratedKeys)).isZero();
          assertThat(statement.getUpdateCount()).isLessThan(1); // new: -1, with H2 0
          statement.executeUpdate();
          if (round == 1) {
            assertThat(rows(statement, PreparedStatement::getGeneratedKeys)).isEqualTo(1);
          }
        }
      }
    }
  }

  /** SQLite's reader would keep writers out until its statement ends. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DUCKDB") // it is opened once
  void statementAtRestHoldsNoLock(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = filled(database)) {
      try (Connection connection = ds.getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT v FROM t")) {
        assertThat(statement.execute()).isTrue();
      }

      try (Connection other =
          DriverManager.getConnection(database.url(), database.user(), database.password())) {
        run(other, "INSERT INTO t VALUES (4, 'four')");
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(valueOf(connection, 4)).isEqualTo("four");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "H2") // where none can hide another
  void temporaryTableHidesAnotherWhileItExists(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = filled(database);
        Connection connection = ds.getConnection()) {
      assertThat(valueOf(connection, 1)).isEqualTo("one");

      run(connection, "CREATE TEMPORARY TABLE t (id INT, v VARCHAR(20))");
      run(connection, "INSERT INTO t VALUES (1, 'temporary')");
      assertThat(valueOf(connection, 1)).isEqualTo("temporary");

      run(connection, "DROP TABLE t");
      assertThat(valueOf(connection, 1)).isEqualTo("one");
    }
  }

  private static String firstOf(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM c");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getString("v") + " of " + rows.getMetaData().getColumnCount();
    }
  }

  @ParameterizedTest
  @EnumSource
  void columnsAreThoseOfTheTableAsItIs(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database);
        Connection connection = ds.getConnection()) {
      run(connection, "CREATE TABLE c (v VARCHAR(20), w VARCHAR(20))");
      run(connection, "INSERT INTO c VALUES ('v', 'w')");
      assertThat(firstOf(connection)).isEqualTo("v of 2");

      run(connection, "DROP TABLE c");
      run(connection, "CREATE TABLE c (w VARCHAR(20), v VARCHAR(20), x INT)");
      run(connection, "INSERT INTO c VALUES ('w', 'v', 1)");

      assertThat(firstOf(connection)).isEqualTo("v of 3");
    }
  }

  @Test
  void schemaThatABatchChangesCounts() throws Exception {
    try (TestDatabase database = Databases.h2();
        SluiceDataSource ds = filled(database);
        Connection connection = ds.getConnection();
        Statement batch = connection.createStatement()) {
      other(connection);
      batch.addBatch("SET SCHEMA other");
      assertThat(valueOf(connection, 1)).isEqualTo("one");

      batch.executeBatch();

      assertThat(valueOf(connection, 1)).isEqualTo("other");
    }
  }

  @Test
  void schemaThatIsChangedPastThePoolCounts() throws Exception {
    try (TestDatabase database = Databases.h2();
        SluiceDataSource ds = filled(database)) {
      try (Connection connection = ds.getConnection()) {
        other(connection);
        assertThat(valueOf(connection, 1)).isEqualTo("one");

        connection.unwrap(JdbcConnection.class).setSchema("OTHER");

        assertThat(valueOf(connection, 1)).isEqualTo("other");
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(valueOf(connection, 1)).isEqualTo("one");
      }
    }
  }

  private static void other(Connection connection) throws SQLException {
    run(connection, "CREATE SCHEMA other");
    run(connection, "CREATE TABLE other.t (id INT PRIMARY KEY, v VARCHAR(20))");
    run(connection, "INSERT INTO other.t VALUES (1, 'other')");
  }
}
