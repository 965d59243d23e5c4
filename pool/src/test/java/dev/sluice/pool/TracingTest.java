package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recorder gets to know. */
class TracingTest {
  private static final Duration SOON = Duration.ofMillis(30);

  @TempDir Path folder;

  private final FakeResources resources = new FakeResources();

  private static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("traced")
        .minSize(0)
        .maxSize(1)
        .validateAfterIdle(Duration.ofHours(1))
        .acquireTimeout(Duration.ofSeconds(60));
  }

  private interface Step {
    void run() throws Exception;
  }

  /** The pool's events while the step runs, in their order. */
  private List<RecordedEvent> eventsOf(Step step) throws Exception {
    Path file = folder.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.sluice.Acquire").withThreshold(Duration.ZERO);
      recording.enable("dev.sluice.Open").withThreshold(Duration.ZERO);
      recording.enable("dev.sluice.Close").withThreshold(Duration.ZERO);
      recording.start();
      step.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getString("pool").equals("traced"))
        .sorted((a, b) -> a.getEndTime().compareTo(b.getEndTime()))
        .toList();
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("dev.sluice." + name))
        .toList();
  }

  @Test
  void lifeOfAResourceIsRecorded() throws Exception {
    List<RecordedEvent> events =
        eventsOf(
            () -> {
              try (Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
                pool.acquire().discard(CloseReason.DISCARDED);
                pool.acquire().close();
              }
            });

    assertThat(named(events, "Open"))
        .extracting(e -> e.getLong("resource"), e -> e.getString("failure"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, ""),
            org.assertj.core.groups.Tuple.tuple(2L, ""));
    assertThat(named(events, "Close"))
        .extracting(e -> e.getLong("resource"), e -> e.getString("reason"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, "DISCARDED"),
            org.assertj.core.groups.Tuple.tuple(2L, "POOL_CLOSED"));
    assertThat(named(events, "Close")).allMatch(e -> !e.getDuration("age").isNegative());
  }

  @Test
  void failureToOpenIsRecordedWithItsCause() throws Exception {
    resources.permanent = true;
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("wrong password");
        };

    List<RecordedEvent> events =
        eventsOf(
            () -> {
              try (Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
                assertThatThrownBy(pool::acquire).isInstanceOf(AcquireException.class);
              }
            });

    assertThat(named(events, "Open"))
        .isNotEmpty()
        .allMatch(event -> event.getString("failure").contains("wrong password"))
        .allMatch(event -> event.getLong("resource") == 0);
    assertThat(named(events, "Acquire"))
        .extracting(event -> event.getString("outcome"))
        .containsExactly("UNAVAILABLE");
    assertThat(named(events, "Close")).isEmpty();
  }

  @Test
  void waitsAreRecordedWithTheirOutcomeAndWhatWasServedAtOnceIsNot() throws Exception {
    List<RecordedEvent> events =
        eventsOf(
            () -> {
              try (Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
                Lease<Thing> held = pool.acquire(); // waits for the first to be opened
                assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(SOON)))
                    .isInstanceOf(AcquireException.class);
                interruptOneWhoWaits(pool);
                held.close();
                pool.acquire().close();
              }
            });

    assertThat(named(events, "Acquire"))
        .extracting(event -> event.getString("outcome"))
        .containsExactly("served", "SELF_DEADLOCK", "interrupted");
    assertThat(named(events, "Acquire").get(1).getDuration()).isGreaterThanOrEqualTo(SOON);
    assertThat(named(events, "Acquire").get(1).getStackTrace().getFrames())
        .as("where it was asked for")
        .anyMatch(frame -> frame.getMethod().getType().getName().equals(getClass().getName()));
  }

  private static void interruptOneWhoWaits(Pool<Thing, Lease<Thing>> pool) throws Exception {
    FutureTask<Lease<Thing>> waiting = new FutureTask<>(pool::acquire);
    Thread thread = new Thread(waiting, "waits");
    thread.start();
    while (pool.stats().waiting() == 0) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    assertThatThrownBy(waiting::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void nothingIsRecordedThatNobodyAskedFor() throws Exception {
    Path file = folder.resolve("nothing.jfr");
    try (Recording recording = new Recording();
        Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
      for (String event : List.of("Acquire", "Open", "Close")) {
        recording.disable("dev.sluice." + event);
      }
      recording.start();
      CompletableFuture<Lease<Thing>> lease = pool.acquireAsync(AcquireOptions.DEFAULT);
      lease.get(60, java.util.concurrent.TimeUnit.SECONDS).close();
      recording.stop();
      recording.dump(file);
    }

    assertThat(RecordingFile.readAllEvents(file))
        .noneMatch(event -> event.getEventType().getName().startsWith("dev.sluice."));
  }
}
