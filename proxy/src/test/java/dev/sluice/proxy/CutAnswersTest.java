package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Toxics;
import dev.sluice.testkit.Toxics.Cut;
import org.junit.jupiter.api.Test;

/** What a client gets of answers that do not come to their end. */
class CutAnswersTest {
  private static final String SETTINGS = "auth_type = trust\npool_mode = transaction\n";

  /** The client would take the error for the rest of the row. */
  @Test
  void noErrorCutsThroughARow() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS, "");
        Wire client = new Wire(running)) {
      client.query("SELECT 1").answers();
      running.network.forAll(
          link ->
              link.toxics(
                  Toxics.NONE, Toxics.NONE.withCutAt(link.bytesToClient() + 20_000, Cut.CLOSE)));

      assertThat(client.query("SELECT repeat('x', 100000)").next()).isEqualTo("T");
      String rest = client.rest();

      assertThat(rest).startsWith("D").endsWith("xxx").doesNotContain("FATAL");
      assertThat(running.log()).contains("server conn crashed?");
    }
  }

  @Test
  void noLimitOnTimeCutsThroughARow() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS + "query_timeout = 1\n", "");
        Wire client = new Wire(running)) {
      client.query("SELECT 1").answers();
      running.network.forAll(
          link ->
              link.toxics(
                  Toxics.NONE,
                  Toxics.NONE.withCutAt(link.bytesToClient() + 20_000, Cut.BLACK_HOLE)));

      assertThat(client.query("SELECT repeat('x', 100000)").next()).isEqualTo("T");
      String rest = client.rest();

      assertThat(rest).startsWith("D").endsWith("xxx").doesNotContain("FATAL");
      Eventually.await(() -> running.log().contains("query timeout"), "The log does not say why.");
    }
  }

  @Test
  void eachQueryOfAPipelineHasALimitOnTime() throws Exception {
    try (RunningSidecar running = new RunningSidecar(SETTINGS + "query_timeout = 1\n", "");
        Wire client = new Wire(running)) {
      client.query("SELECT 1").query("SELECT pg_sleep(600)");

      assertThat(client.answers()).containsExactly("T", "D", "C");
      assertThat(client.next()).isEqualTo("E 08P01");
    }
  }
}
