package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement leaves behind, by its first word. */
class SqlEffectTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        "begin",
        " \n start transaction",
        "/* note */ BEGIN",
        "-- note\nBEGIN",
        "select 1; begin",
        "SAVEPOINT a",
        "XA START 'x'"
      })
  void begins(String sql) {
    assertThat(SqlEffect.of(sql)).isEqualTo(PhysicalConnection.SQL_TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SET search_path = a", "reset all", "LISTEN x", "use other", "select 1;set a=1"})
  void changesTheSession(String sql) {
    assertThat(SqlEffect.of(sql)).isEqualTo(PhysicalConnection.SQL_SESSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT 1",
        "  (select 2)",
        "SET LOCAL a = 1",
        "set transaction read only",
        "INSERT INTO begin VALUES (1)",
        "update t set a = 1",
        "beginning",
        "-- begin",
        "/* begin",
        "select ';'",
        "SELECT 1;"
      })
  void leavesNothing(String sql) {
    assertThat(SqlEffect.of(sql)).isZero();
  }
}
