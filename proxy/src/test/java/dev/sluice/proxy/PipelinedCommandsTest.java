package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands in a pipeline after, or amid, others that change what they mean. */
class PipelinedCommandsTest {
  private static final String SETTINGS = "auth_type = trust\npool_mode = transaction";
  private static final String ON = "[transaction_mode]\nsql_prepare = true\nlisten = true\n";

  private static RunningSidecar start(String more) {
    return new RunningSidecar(SETTINGS + more, "pool_size=1", 1, ON);
  }

  @Test
  void aStatementPreparedAfterDiscardAllInOnePipelineIsThere() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      assertThat(client.parse("s", "SELECT 1").sync()).containsExactly("1");

      client.query("DISCARD ALL").parse("s", "SELECT 1").execute("s").then();
      client.execute("s").then();

      assertThat(client.answers()).contains("C");
      assertThat(client.answers()).containsExactly("1", "2", "D", "C");
      assertThat(client.answers()).containsExactly("2", "D", "C");
    }
  }

  @Test
  void aStatementPreparedAfterDeallocateAllByTheProtocolIsThere() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      assertThat(client.parse("s", "SELECT 1").sync()).containsExactly("1");
      assertThat(client.parse("forget", " deallocate all").sync()).containsExactly("1");

      client.parse("", "DEALLOCATE ALL").execute("").then();
      client.parse("s", "SELECT 1").parse("forget", " deallocate all").then();
      client.execute("forget").then();
      client.parse("s", "SELECT 1").execute("s").then();

      assertThat(client.answers()).containsExactly("1", "2", "C");
      assertThat(client.answers()).containsExactly("1", "1");
      assertThat(client.answers()).containsExactly("2", "C");
      assertThat(client.answers()).containsExactly("1", "2", "D", "C");
    }
  }

  @Test
  void listenCountsAlthoughTheNextRequestOfThePipelineFails() throws Exception {
    try (RunningSidecar running = start("");
        Wire client = new Wire(running)) {
      client.query("LISTEN news").query("SELECT 1/0");
      assertThat(client.answers()).containsExactly("C");
      assertThat(client.answers()).contains("E 22012");

      assertThat(notified(client, "news")).containsOnlyOnce("A");
    }
  }

  @Test
  void listenThatIsRolledBackDoesNotCountAlthoughTheNextRequestSucceeds() throws Exception {
    try (RunningSidecar running = start("");
        Wire client = new Wire(running)) {
      client.query("BEGIN").query("LISTEN news").query("ROLLBACK").query("SET TimeZone = 'UTC'");
      for (int i = 0; i < 4; i++) {
        assertThat(client.answers()).contains("C");
      }
      assertThat(client.query("NOTIFY news").answers()).containsExactly("C");

      assertThat(client.query("LISTEN mark").answers()).containsExactly("C");
      assertThat(notified(client, "mark")).containsOnlyOnce("A");
    }
  }

  /** What comes up to the first notification after this one, and after one query more. */
  private static List<String> notified(Wire client, String channel) throws IOException {
    List<String> all = new ArrayList<>(client.query("NOTIFY " + channel).answers());
    while (!all.contains("A")) {
      all.add(client.next());
    }
    all.addAll(client.query("SELECT 1").answers());
    return all;
  }

  @Test
  void whatTheSidecarPreparesAmidABatchLeavesTheUnnamedStatementAndPortal() throws Exception {
    try (RunningSidecar running = start("\nmax_prepared_statements = 1");
        Wire client = new Wire(running)) {
      client.query("PREPARE s AS SELECT 1").answers();
      client.query("PREPARE t AS SELECT 2").answers(); // s has to go

      client.parse("", "SELECT 'mine' WHERE false").execute("s").execute("");

      assertThat(client.sync()).containsExactly("1", "2", "D", "C", "2", "C");
      assertThat(client.execute("t").execute("s").execute("t").sync())
          .containsExactly("2", "D", "C", "2", "D", "C", "2", "D", "C");
    }
  }

  @Test
  void twoNamesOfOneTextDoNotDisturbEachOtherInAQuery() throws Exception {
    try (RunningSidecar running = start("");
        Wire client = new Wire(running)) {
      client.query("PREPARE a AS SELECT 1; PREPARE b AS SELECT 1");
      assertThat(client.answers()).containsExactly("C", "C");

      assertThat(client.query("DEALLOCATE a; EXECUTE b").answers())
          .containsExactly("C", "T", "D", "C");
      assertThat(client.query("EXECUTE b; PREPARE a AS SELECT 1; EXECUTE a").answers())
          .containsExactly("T", "D", "C", "C", "T", "D", "C");
      assertThat(client.query("DEALLOCATE a; DEALLOCATE b").answers()).containsExactly("C", "C");
      assertThat(client.query("EXECUTE a").answers()).containsExactly("E 26000");
    }
  }
}
