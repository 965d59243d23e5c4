package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireOptions;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool refuses and does without behind a pooler that pools transactions. */
class TransactionPoolerTest {
  private static FakePool pooled() throws SQLException {
    return new FakePool(builder -> builder.transactionPooler(true)).settle();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LISTEN orders",
        " /* why */ set search_path = a",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "RESET ALL",
        "DISCARD TEMP",
        "PREPARE p AS SELECT 1",
        "DEALLOCATE p",
        "CREATE TEMP TABLE t (id int)",
        "create local temporary table t (id int)",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "LOCK TABLES t WRITE",
        "USE other",
        "SELECT pg_advisory_lock(1)",
        "SELECT 1 WHERE pg_catalog.Pg_Try_Advisory_Lock(1)",
        "SELECT GET_LOCK('a', 10)"
      })
  void statementThatNeedsASessionIsRefusedBeforeItIsSent(String sql) throws SQLException {
    try (FakePool pool = pooled();
        Connection connection = pool.get();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 2; i++) { // the second time too
        assertThatThrownBy(() -> statement.execute(sql))
            .isInstanceOf(SQLFeatureNotSupportedException.class)
            .hasMessageContaining("transactionPooler");
        assertThatThrownBy(() -> connection.prepareStatement(sql))
            .isInstanceOf(SQLFeatureNotSupportedException.class);
      }
      assertThat(pool.db.calls("Statement.execute")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL search_path = a",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET CONSTRAINTS ALL DEFERRED",
        "PREPARE TRANSACTION 'a'",
        "CREATE TEMP TABLE t (id int) ON COMMIT DROP",
        "CREATE TABLE listen (id int)",
        "DECLARE c CURSOR FOR SELECT 1",
        "LOCK TABLE t",
        "SELECT pg_advisory_xact_lock(1)",
        ""
      })
  void statementOfATransactionRuns(String sql) {
    assertThatCode(() -> PoolerRules.require(sql)).doesNotThrowAnyException();
  }

  @Test
  void changesOfTheSessionByJdbcAreRefused() throws SQLException {
    try (FakePool pool = pooled();
        Connection connection = pool.get()) {
      assertThatThrownBy(() -> connection.setSchema("a"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
      assertThatThrownBy(() -> connection.setCatalog("a"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
      assertThatThrownBy(
              () -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE))
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("SET TRANSACTION");
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
    }
  }

  @Test
  void sessionStateIsRefused() throws SQLException {
    try (FakePool pool = pooled()) {
      AcquireOptions options =
          AcquireOptions.DEFAULT.withSession(SessionState.NONE.withSchema("a"));

      assertThatThrownBy(() -> pool.ds.getConnection(options))
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("SET LOCAL");
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void driversOwnConnectionIsNeitherReadNorRestored() throws SQLException {
    try (FakePool pool = pooled()) {
      long before = pool.db.callCount();
      try (Connection connection = pool.get()) {
        assertThat(connection.unwrap(Proxy.class)).isNotNull();
      }
      pool.settle();

      assertThat(pool.callsSince(before)).noneMatch(call -> call.startsWith("getSchema"));
    }
  }

  @Test
  void optionsThatSetSomethingInTheSessionAreRefusedWithWhatToUse() {
    assertThatThrownBy(
            () ->
                Sluice.dataSource("jdbc:postgresql://db/app")
                    .transactionPooler(true)
                    .statementCacheSize(10)
                    .initSql("SET a = 1")
                    .schema("s")
                    .readOnly(true)
                    .transactionIsolation(Connection.TRANSACTION_SERIALIZABLE)
                    .resetPolicy(ResetPolicy.CLEAN)
                    .toConfig())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("initSql has no place with transactionPooler")
        .hasMessageContaining("statementCacheSize has no place with transactionPooler")
        .hasMessageContaining("schema has no place")
        .hasMessageContaining("readOnly has no place")
        .hasMessageContaining("transactionIsolation has no place")
        .hasMessageContaining("resetPolicy has no place");
  }

  @Test
  void namedStatementsThatTheUserWantsAreWarnedOf() {
    SluiceBuilder builder =
        Sluice.dataSource("jdbc:postgresql://db/app").user("u").transactionPooler(true);

    assertThat(builder.toConfig().warnings()).noneMatch(w -> w.contains("prepareThreshold"));
    assertThat(builder.driverProperty("prepareThreshold", "5").toConfig().warnings())
        .anyMatch(w -> w.startsWith("prepareThreshold is set although"));
    assertThat(
            Sluice.dataSource("jdbc:postgresql://db/app?prepareThreshold=3")
                .transactionPooler(true)
                .toConfig()
                .warnings())
        .anyMatch(w -> w.startsWith("prepareThreshold is set although"));
  }
}
