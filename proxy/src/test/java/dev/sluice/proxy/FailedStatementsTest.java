package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Statements whose Parse failed or was skipped. A driver that pipelines may believe that they are
 * there.
 */
class FailedStatementsTest {
  private static final String SETTINGS = "auth_type = trust\npool_mode = transaction";

  @Test
  void aSkippedStatementIsPreparedWhenItIsUsed() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      client.parse("bad", "SELECT * FROM not_there_yet").execute("bad");
      client.parse("good", "SELECT 1").execute("good");
      assertThat(client.sync()).containsExactly("E 42P01");

      assertThat(client.execute("good").sync()).containsExactly("2", "D", "C");
      assertThat(client.execute("bad").sync()).containsExactly("E 42P01");
      assertThat(client.query("CREATE TABLE not_there_yet ()").answers()).containsExactly("C");
      try {
        assertThat(client.execute("bad").sync()).containsExactly("2", "C");
      } finally {
        client.query("DROP TABLE not_there_yet").answers();
      }
    }
  }

  @Test
  void theNameOfAFailedStatementIsFree() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      assertThat(client.parse("s", "SELEC").sync()).containsExactly("E 42601");

      assertThat(client.parse("s", "SELECT 1").execute("s").sync())
          .containsExactly("1", "2", "D", "C");
      assertThat(client.execute("never").sync()).containsExactly("E 26000");
    }
  }

  @Test
  void theNameOfAStatementThatIsBeingSkippedIsFreeForTheNextBatch() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      client.parse("bad", "SELEC").parse("s", "SELECT 1").then();
      client.parse("s", "SELECT 2").execute("s").then();

      assertThat(client.answers()).containsExactly("E 42601");
      assertThat(client.answers()).containsExactly("1", "2", "D", "C");
    }
  }

  @Test
  void aStatementThatIsBeingSkippedIsPreparedForTheNextBatch() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      client.parse("bad", "SELEC").parse("s", "SELECT 1").execute("s").then();
      client.execute("s").then();

      assertThat(client.answers()).containsExactly("E 42601");
      assertThat(client.answers()).containsExactly("2", "D", "C");
    }
  }

  @Test
  void aCloseThatIsBeingSkippedLeavesTheStatementToTheNextBatch() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      assertThat(client.parse("s", "SELECT 1").sync()).containsExactly("1");
      client.parse("bad", "SELEC").closeStatement("s").then();
      client.execute("s").then();

      assertThat(client.answers()).containsExactly("E 42601");
      assertThat(client.answers()).containsExactly("2", "D", "C");
    }
  }
}
