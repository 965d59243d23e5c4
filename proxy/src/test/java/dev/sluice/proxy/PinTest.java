package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server stays with a client that has left something in its session. */
class PinTest {
  private static final String ON = "[transaction_mode]\npin = true\n";

  private static RunningSidecar start(String entry) {
    return new RunningSidecar("pool_mode = transaction\nserver_round_robin = 1", entry, 1, ON);
  }

  private static long pinned(RunningSidecar running) {
    String metrics = running.sidecar.metricsText();
    return metrics
        .lines()
        .filter(line -> line.startsWith("sluice_pinned_clients{"))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET work_mem = '7MB'|SET work_mem|RESET work_mem",
        "CREATE TEMP TABLE mine(x int)|a temporary object|DISCARD TEMP",
        "SELECT pg_advisory_lock(7)|an advisory lock 7|SELECT pg_advisory_unlock(7)",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1|a cursor WITH HOLD c|CLOSE c",
        "LISTEN news|LISTEN news|UNLISTEN *",
        "PREPARE p AS SELECT 1|PREPARE p|DEALLOCATE ALL",
      })
  void theServerStaysUntilItIsClean(String leaves, String reason, String cleans)
      throws SQLException {
    for (String mode : new String[] {"simple", "extended"}) {
      try (RunningSidecar running = start("pool_size=2");
          Connection client = running.connect("preferQueryMode", mode);
          Connection other = running.connect()) {
        run(client, leaves);
        String pid = one(client, "SELECT pg_backend_pid()");

        assertThat(pinned(running)).isEqualTo(1);
        for (int i = 0; i < 4; i++) {
          assertThat(one(other, "SELECT pg_backend_pid()")).isNotEqualTo(pid);
          assertThat(one(client, "SELECT pg_backend_pid()")).isEqualTo(pid);
        }
        assertThat(running.log())
            .containsOnlyOnce(" pinned to server process " + pid + ": " + reason);
        run(client, cleans);
        assertThat(pinned(running)).isZero();
        client.setAutoCommit(false);
        one(client, "SELECT 1");
        assertThat(one(other, "SELECT 'served'")).isEqualTo("served");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET TimeZone = 'UTC'",
        "BEGIN; SET LOCAL work_mem = '7MB'; COMMIT",
        "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1",
        "SELECT 'SET work_mem = 1'",
      })
  void whatLeavesNothingBehindDoesNotPin(String sql) throws SQLException {
    try (RunningSidecar running = start("pool_size=1");
        Connection client = running.connect("preferQueryMode", "simple");
        Connection other = running.connect()) {
      run(client, sql);

      assertThat(one(other, "SELECT 'served'")).isEqualTo("served");
      assertThat(running.log()).doesNotContain(" pinned ");
    }
  }

  @Test
  void aRollbackFreesTheServer() throws SQLException {
    try (RunningSidecar running = start("pool_size=1");
        Connection client = running.connect();
        Connection other = running.connect()) {
      client.setAutoCommit(false);
      run(client, "SET work_mem = '7MB'");
      run(client, "CREATE TEMP TABLE mine(x int)");
      client.rollback();

      assertThat(one(other, "SELECT 'served'")).isEqualTo("served");
      assertThat(one(other, "SHOW work_mem")).isNotEqualTo("7MB");
    }
  }

  @Test
  void theNextClientFindsACleanServer() throws SQLException {
    try (RunningSidecar running = start("pool_size=1")) {
      String pid;
      try (Connection first = running.connect()) {
        run(first, "SET work_mem = '7MB'");
        run(first, "CREATE TEMP TABLE mine(x int)");
        run(first, "SELECT pg_advisory_lock(3)");
        pid = one(first, "SELECT pg_backend_pid()");
      }
      try (Connection second = running.connect()) {
        assertThat(one(second, "SELECT pg_backend_pid()")).isEqualTo(pid);
        assertThat(one(second, "SHOW work_mem")).isNotEqualTo("7MB");
        assertThat(one(second, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
            .isEqualTo("0");
        assertThatThrownBy(() -> one(second, "SELECT * FROM mine"))
            .isInstanceOf(SQLException.class);
      }
      Eventually.await(() -> pinned(running) == 0, "A client that has gone counts as pinned.");
    }
  }

  @Test
  void aPreparedCommandPinsWhenItRuns() throws SQLException {
    try (RunningSidecar running = start("pool_size=2");
        Connection client = running.connect("prepareThreshold", "1");
        var statement = client.prepareStatement("SELECT set_config('work_mem', ?, false)")) {
      statement.setString(1, "7MB");
      statement.execute();
      statement.execute();

      assertThat(running.log()).containsOnlyOnce(": SET work_mem");
      for (int i = 0; i < 4; i++) {
        assertThat(one(client, "SHOW work_mem")).isEqualTo("7MB");
      }
    }
  }
}
