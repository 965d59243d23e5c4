package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which database it is, and what a statement leaves behind there. */
class DialectTest {
  private static final int BOTH =
      PhysicalConnection.SQL_TRANSACTION | PhysicalConnection.SQL_SESSION;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        " \n start transaction",
        "/* note */ BEGIN",
        "select 1; begin",
        "COMMIT AND CHAIN",
        "SAVEPOINT a"
      })
  void begins(String sql) {
    assertThat(Dialect.POSTGRESQL.effectOf(sql)).isEqualTo(PhysicalConnection.SQL_TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET search_path = a", "reset all", "use other", "select 1;set a=1"})
  void changesTheSession(String sql) {
    assertThat(Dialect.POSTGRESQL.effectOf(sql)).isEqualTo(PhysicalConnection.SQL_SESSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LISTEN x",
        "XA START 'x'",
        "CALL anything()",
        "/*! SET sql_mode = '' */",
        "SET autocommit = 0",
        "DO $$ BEGIN PERFORM 1; END $$"
      })
  void mayDoAnything(String sql) {
    assertThat(Dialect.MYSQL.effectOf(sql)).isEqualTo(BOTH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT 1",
        "  (select 2)",
        "INSERT INTO begin VALUES (1)",
        "update t set a = 1",
        "-- begin",
        "select ';'",
        "COMMIT",
        "SELECT 1;"
      })
  void leavesNothing(String sql) {
    assertThat(Dialect.POSTGRESQL.effectOf(sql)).isZero();
    assertThat(Dialect.MYSQL.effectOf(sql)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL a = 1",
        "set transaction read only",
        "/* c */ SET  TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET CONSTRAINTS ALL DEFERRED"
      })
  void endsWithTheTransactionOnPostgresAlone(String sql) {
    assertThat(Dialect.POSTGRESQL.effectOf(sql)).isZero();
    assertThat(Dialect.MARIADB.effectOf(sql)).isEqualTo(PhysicalConnection.SQL_SESSION);
    assertThat(Dialect.POSTGRESQL.effectOf(sql + "; SET a = 1"))
        .isEqualTo(PhysicalConnection.SQL_SESSION);
  }

  @Test
  void isFoundEvenIfTheProductHasTheNameOfADistribution() {
    assertThat(Dialect.of("Debian 12", "10.11.6-MariaDB-0+deb12u1", "x.Y"))
        .isEqualTo(Dialect.MARIADB);
    assertThat(Dialect.of("(Ubuntu)", "8.0.36", "io.asyncer.r2dbc.mysql.MySqlSimpleConnection"))
        .isEqualTo(Dialect.MYSQL);
    assertThat(Dialect.of("MySQL", "8.4.0", "org.mariadb.r2dbc.MariadbConnection"))
        .isEqualTo(Dialect.MYSQL);
    assertThat(Dialect.of("H2", "2.4.240", "io.r2dbc.h2.H2Connection")).isEqualTo(Dialect.OTHER);
  }
}
