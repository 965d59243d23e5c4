package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerExceptionTest {
  @Test
  void theDeepestCauseIsTheMessage() {
    List<String> log =
        List.of(
            "INFO: starting",
            "Exception in thread \"main\" java.lang.IllegalStateException: outer",
            "\tat dev.sluice.bench.Worker.main(Worker.java:1)",
            "Caused by: java.sql.SQLException: the true cause",
            "\t... 3 more");

    assertThat(WorkerException.of(1, log))
        .hasMessage("java.sql.SQLException: the true cause")
        .satisfies(e -> assertThat(e.log()).isEqualTo(log));
  }

  @Test
  void withoutAnyCauseTheExitCodeIs() {
    assertThat(WorkerException.of(137, List.of("Killed"))).hasMessage("the worker ended with 137");
  }
}
