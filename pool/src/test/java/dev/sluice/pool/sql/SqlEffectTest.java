package dev.sluice.pool.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQL may do to a session is told by its words, or left open. */
class SqlEffectTest {
  private static final int TRANSACTION = SqlEffect.BEGINS | SqlEffect.ENDS | SqlEffect.MAY_BEGIN;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN",
        "begin;",
        "  Begin Work",
        "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "BEGIN TRAN t",
        "BEGIN IMMEDIATE",
        "begin exclusive transaction",
        "BEGIN DEFERRED;",
        "BEGIN CONCURRENT",
        "/* x */ BEGIN",
        "-- why\nBEGIN",
        "# why\nBEGIN",
        "/* a */ -- b\n /* c */ ; BEGIN /* d */",
        "BEGIN -- and nothing more",
        "START TRANSACTION",
        "start\n transaction read only",
        "START /* x */ TRANSACTION WITH CONSISTENT SNAPSHOT",
        "SAVEPOINT s",
        "INSERT INTO t VALUES ('a;b'); BEGIN",
        "SELECT 1; SELECT 2; START TRANSACTION",
        "COMMIT; BEGIN",
        "BEGIN; INSERT INTO t VALUES (1)",
        "COMMIT AND CHAIN",
        "ROLLBACK WORK AND CHAIN"
      })
  void knowsWhatBeginsATransaction(String sql) {
    assertThat(SqlEffect.of(sql) & TRANSACTION).isEqualTo(SqlEffect.BEGINS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT",
        "commit;",
        "COMMIT WORK",
        "COMMIT AND NO CHAIN",
        "/* x */ ROLLBACK",
        "ROLLBACK TRANSACTION",
        "END",
        "END TRANSACTION",
        "ABORT",
        "BEGIN; INSERT INTO t VALUES (1); COMMIT",
        "BEGIN IMMEDIATE; UPDATE t SET a = 'it''s; so'; COMMIT; ",
        "INSERT INTO t VALUES (1); -- done;\n COMMIT"
      })
  void knowsWhatEndsOne(String sql) {
    assertThat(SqlEffect.of(sql) & TRANSACTION).isEqualTo(SqlEffect.ENDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        ";",
        "-- nothing",
        "SELECT 1",
        "  select * from t where a = 'BEGIN; COMMIT'",
        "(SELECT 1) UNION (SELECT 2)",
        "/* BEGIN */ SELECT 1",
        "-- BEGIN\nSELECT 1",
        "INSERT INTO t VALUES ('x\\')",
        "INSERT INTO t SELECT 1;",
        "UPDATE t SET begin = 1",
        "DELETE FROM t; DELETE FROM u;",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "CREATE TABLE beginning (id INT)",
        "DROP TABLE t",
        "ROLLBACK TO SAVEPOINT s",
        "ROLLBACK TO s",
        "RELEASE SAVEPOINT s",
        "COMMIT PREPARED 'x'"
      })
  void knowsWhatDoesNeither(String sql) {
    assertThat(SqlEffect.of(sql)).isEqualTo(SqlEffect.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET search_path TO tenant1",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "USE other",
        "PRAGMA query_only = 1",
        "ALTER SESSION SET CURRENT_SCHEMA = x",
        "RESET ALL",
        "ATTACH 'x.db' AS x",
        "SELECT 1; SET TIME ZONE 'UTC'"
      })
  void knowsWhatChangesASetting(String sql) {
    assertThat(SqlEffect.of(sql)).isEqualTo(SqlEffect.MAY_CHANGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DO $$ BEGIN PERFORM 1; END $$",
        "CALL p()",
        "{call p()}",
        "{? = call f()}",
        "EXEC p",
        "EXECUTE 'x'",
        "DECLARE @x INT; COMMIT",
        "BEGIN dbms_output.put_line('x'); END;",
        "BEGIN\n x := 1; COMMIT; END;",
        "BEGIN ATOMIC",
        "XA START 'x'",
        "XA PREPARE 'x'",
        "SET autocommit = 0",
        "SET IMPLICIT_TRANSACTIONS ON",
        "/*! BEGIN */",
        "/*M!100100 BEGIN */",
        "/* a /* b */ BEGIN",
        "/* never closed BEGIN",
        "START SLAVE",
        "STARTLE",
        "beginning",
        "SELECT 'a\\'; BEGIN; SELECT 'b'",
        "SELECT $x$;BEGIN$x$; SELECT 1",
        "SELECT 'never closed; BEGIN",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE u SET a = 1; END;",
        "CREATE PROCEDURE p() BEGIN DELETE FROM t; COMMIT; END",
        "COMMIT; CALL p()",
        "nonsense"
      })
  void leavesTheRestOpenAndThenItMayBegin(String sql) {
    assertThat(SqlEffect.of(sql) & SqlEffect.UNKNOWN).isEqualTo(SqlEffect.UNKNOWN);
  }

  @Test
  void sqlServerNeedsNoSemicolon() {
    assertThat(SqlEffect.ofRunOn("UPDATE t SET a = 1 BEGIN TRAN")).isEqualTo(SqlEffect.UNKNOWN);
    assertThat(SqlEffect.ofRunOn("UPDATE t SET a = 1")).isEqualTo(SqlEffect.NONE);
  }
}
