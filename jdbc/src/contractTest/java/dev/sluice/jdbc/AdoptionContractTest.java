package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that were used elsewhere join a pool as good as new ones, with each driver. */
class AdoptionContractTest {
  private static Connection foreign(TestDatabase database) throws SQLException {
    return database.user().isEmpty()
        ? DriverManager.getConnection(database.url())
        : DriverManager.getConnection(database.url(), database.user(), database.password());
  }

  private static String begin(RealDatabase kind) {
    return kind.isMariaDbServer() ? "START TRANSACTION" : "BEGIN";
  }

  @ParameterizedTest
  @EnumSource
  void transactionThatSqlBeganIsRolledBack(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      Connection foreign = foreign(database);
      run(foreign, "CREATE TABLE t (id INT PRIMARY KEY)");
      run(foreign, begin(kind));
      run(foreign, "INSERT INTO t VALUES (1)");

      assertThat(ds.adopt(foreign)).isTrue();

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.unwrap(Connection.class)).isSameAs(foreign);
        run(connection, "INSERT INTO t VALUES (2)");
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT count(*) FROM t")).isEqualTo("1");
        assertThat(text(connection, "SELECT id FROM t")).isEqualTo("2");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void transactionThatHasFailedIsRolledBack(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      Connection foreign = foreign(database);
      foreign.setAutoCommit(false);
      assertThatThrownBy(() -> run(foreign, "SELECT nothing FROM nowhere"))
          .isInstanceOf(SQLException.class);

      assertThat(ds.adopt(foreign)).isTrue(); // the first that this pool sees

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(text(connection, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatCannotBeSetUpIsClosed(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds =
            RealDatabase.pool(database).initSql("SELECT nothing FROM nowhere").build()) {
      Connection foreign = foreign(database);

      assertThatThrownBy(() -> ds.adopt(foreign)).isInstanceOf(SQLException.class);

      assertThat(foreign.isClosed()).isTrue();
      assertThat(ds.stats().size()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatThePoolHasAlreadyIsRefused(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).maxSize(3).build()) {
      Connection foreign = foreign(database);
      assertThat(ds.adopt(foreign)).isTrue();

      assertThatThrownBy(() -> ds.adopt(foreign)).isInstanceOf(SQLException.class);

      assertThat(foreign.isClosed()).isFalse();
      assertThat(ds.stats().size()).isEqualTo(1);
    }
  }
}
