package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Eventually, Timing and NoLeaks, which watch over the other tests. */
class WatchersTest {

  @Test
  void awaitEndsWhenTheConditionHolds() {
    AtomicInteger asked = new AtomicInteger();

    Eventually.await(() -> asked.incrementAndGet() == 3, "asked three times");

    assertThat(asked).hasValue(3);
  }

  @Test
  void awaitThatFailsShowsWhatAllThreadsDo() {
    assertThatThrownBy(
            () -> Eventually.await(() -> false, () -> "the moon is green", Duration.ofMillis(5)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the moon is green")
        .hasMessageContaining("awaitThatFailsShowsWhatAllThreadsDo");
  }

  @Test
  void awaitEndsAtOnceWhenTheConditionThrows() {
    assertThatThrownBy(
            () ->
                Eventually.await(
                    () -> {
                      throw new IOException("broken");
                    },
                    "never"))
        .isInstanceOf(AssertionError.class)
        .hasRootCauseMessage("broken");
  }

  @Test
  void awaitKeepsTheInterrupt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Eventually.await(() -> false, "never"))
        .isInstanceOf(AssertionError.class);

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void delaysAreStretchedByOneFactor() {
    assertThat(Timing.scaled(Duration.ofSeconds(1)).toNanos())
        .isEqualTo((long) (1e9 * Timing.SCALE));
    assertThat(Timing.SHORT).isLessThan(Timing.SMALL);
    assertThat(Timing.MEDIUM).isLessThan(Timing.LONG);
  }

  // ---- NoLeaks

  static class Leaky {
    static final CountDownLatch END = new CountDownLatch(1);
    static ServerSocket socket;

    @RegisterExtension final NoLeaks leaks = new NoLeaks().within(Duration.ofMillis(50));

    @Test
    void thread() {
      start("sluice-left-behind");
    }

    @Test
    void othersThread() {
      start("somebody-else");
    }

    @Test
    void socket() throws IOException {
      socket = new ServerSocket(0);
    }

    private static void start(String name) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  END.await();
                } catch (InterruptedException e) {
                  return;
                }
              },
              name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  @Test
  void testsThatLeaveSomethingBehindFail() throws IOException {
    EngineExecutionResults results =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Leaky.class))
            .configurationParameter("junit.jupiter.conditions.deactivate", "*")
            .execute();
    Leaky.END.countDown();
    int port = Leaky.socket.getLocalPort();
    Leaky.socket.close();

    assertThat(results.testEvents().succeeded().stream().map(WatchersTest::name))
        .containsExactly("othersThread()");
    assertThat(results.testEvents().failed().stream().map(WatchersTest::failure))
        .anySatisfy(m -> assertThat(m).contains("Left behind: sluice-left-behind"))
        .anySatisfy(m -> assertThat(m).contains("local port " + port));
  }

  private static String name(Event event) {
    return event.getTestDescriptor().getDisplayName();
  }

  private static String failure(Event event) {
    return event
        .getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
        .getThrowable()
        .orElseThrow()
        .getMessage();
  }
}
