package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.SqlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a session is clean. */
class SessionTracesTest {
  private final SessionTraces traces = new SessionTraces();

  private void commits(String... queries) {
    run(true, queries);
  }

  private void isRolledBack(String... queries) {
    run(false, queries);
  }

  private void run(boolean committed, String... queries) {
    for (String query : queries) {
      traces.sent(SqlText.commands(query, false), trace -> true);
    }
    traces.ended(committed);
  }

  @Test
  void theFirstTraceIsTheReason() {
    commits("SET a.b = 1", "CREATE TEMP TABLE t(x int)");

    assertThat(traces.first()).hasToString("SET a.b");
  }

  @Test
  void aRollbackUndoesWhatTheTransactionLeft() {
    isRolledBack("BEGIN", "SET a.b = 1", "CREATE TEMP TABLE t(x int)", "LISTEN c", "ROLLBACK");
    assertThat(traces.isClean()).isTrue();

    commits("SET a.b = 1");
    isRolledBack("BEGIN", "SET a.b = 2", "ROLLBACK");
    assertThat(traces.isClean()).isFalse();
  }

  @Test
  void aRollbackReleasesNoAdvisoryLockAndNoStatement() {
    isRolledBack("SELECT pg_advisory_lock(1)");
    assertThat(traces.first()).hasToString("an advisory lock 1");

    commits("SELECT pg_advisory_unlock(1)");
    isRolledBack("PREPARE p AS SELECT 1");
    assertThat(traces.first()).hasToString("PREPARE p");
  }

  @Test
  void cleaningCountsOnlyWhenItIsCommitted() {
    commits("SET a.b = 1");
    isRolledBack("BEGIN", "RESET ALL", "ROLLBACK");
    assertThat(traces.isClean()).isFalse();

    commits("RESET a.b");
    assertThat(traces.isClean()).isTrue();
  }

  @Test
  void whatComesAfterTheCleaningStays() {
    commits("SET a.b = 1");
    commits("RESET ALL; SET a.b = 2");

    assertThat(traces.isClean()).isFalse();
  }

  @Test
  void inDoubtTheSessionIsNotClean() {
    isRolledBack("BEGIN; SET a.b = 1; COMMIT; SELECT 1/0");
    assertThat(traces.isClean()).isFalse();

    traces.doubt(); // ROLLBACK TO SAVEPOINT, perhaps of the RESET
    commits("RESET ALL");
    assertThat(traces.isClean()).isFalse();
  }

  @Test
  void aLockThatIsTakenTwiceIsReleasedOnlyWithAll() {
    commits("SELECT pg_advisory_lock(1)", "SELECT pg_advisory_lock(1)");
    commits("SELECT pg_advisory_unlock(1)");
    assertThat(traces.isClean()).isFalse();

    commits("SELECT pg_advisory_unlock_all()");
    assertThat(traces.isClean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET a.b = 1",
        "SET ROLE x",
        "SET SESSION AUTHORIZATION x",
        "CREATE TEMP TABLE t(x int)",
        "SELECT pg_advisory_lock(id) FROM t",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "LISTEN c",
        "PREPARE p AS SELECT 1",
        "SELECT 'unended"
      })
  void discardAllCleansEverything(String query) {
    commits(query);
    assertThat(traces.isClean()).isFalse();

    commits("DISCARD ALL");
    assertThat(traces.isClean()).isTrue();
  }
}
