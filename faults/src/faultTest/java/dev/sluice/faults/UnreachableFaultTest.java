package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.Link;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.Toxics;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 3 and 4: the other side is there, as far as one can see, and says nothing. */
class UnreachableFaultTest extends FaultTest {

  /** The server went without a word; new connections work. */
  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void fault03HalfOpenIdleConnectionsCostOneValidationTimeoutWhateverTheirNumber(int idle)
      throws Exception {
    Duration check = millis(400);
    try (Rig rig =
        Rig.postgres(
            b -> b.maxSize(20).validateAfterIdle(Duration.ZERO).validationTimeout(check))) {
      rig.fill(idle);
      rig.proxy.forAll(Link::dropServer);

      Attempt attempt = rig.attempt(Duration.ofSeconds(10));

      Numbers.note("served beside " + idle + " half-open ones", attempt.took());
      assertThat((Throwable) attempt.failure()).isNull();
      try (Connection connection = attempt.connection()) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
      assertThat(attempt.took().minus(attempt.stalled()))
          .isLessThan(check.multipliedBy(2).plus(Promises.RECOVERY));
      Eventually.await(() -> rig.pool.stats().size() <= 2, "the dead are gone");
      rig.settles();
      assertThat(rig.events.closed(CloseReason.HUNG) + rig.events.closed(CloseReason.INVALID))
          .isEqualTo(idle);
    }
  }

  @Test
  void fault03AcquisitionMeetsItsDeadlineWhenNewConnectionsHangToo() throws Exception {
    try (Rig rig =
        Rig.postgres(
            b ->
                b.validateAfterIdle(Duration.ZERO)
                    .validationTimeout(Duration.ofMillis(300))
                    .openTimeout(Duration.ofSeconds(1)))) {
      rig.fill(3);
      rig.proxy.blackHole();

      Attempt attempt = rig.attempt(millis(700));

      assertThat((Throwable) attempt.failure())
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageContainingAll("'" + rig.name + "'", "being opened", "waiting");
      rig.proxy.heal();
      rig.proxy.resetAll();
      rig.recovers();
      rig.settles();
    }
  }

  /**
   * A borrower in the middle of a query is the borrower's to bound; the pool must not be held up.
   */
  @Test
  void fault03BorrowerThatHangsOnADeadPeerDoesNotHoldUpCloseOrOthers() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(2))) {
      Connection stuck = rig.get();
      Rig.one(stuck);
      rig.proxy.links().get(0).blackHole();
      CompletableFuture<Exception> query =
          async(() -> RestartFaultTest.failureOf(() -> Rig.one(stuck)));

      try (Connection other = rig.attempt(Duration.ofSeconds(5)).connection()) {
        assertThat(Rig.one(other)).isEqualTo(1);
      }
      long start = StallMeter.now();
      var cut = rig.pool.close(millis(100));
      Duration took = Duration.ofNanos(System.nanoTime() - start).minus(StallMeter.since(start));

      assertThat(cut).hasSize(1);
      assertThat(cut.get(0).thread()).isNotNull();
      assertThat(took).isLessThan(millis(1_100).plus(Promises.ACQUIRE_TOLERANCE));
      assertThat(result(query)).isNotNull();
    }
  }

  static Stream<Named<Consumer<Rig>>> deafServers() {
    return Stream.of(
        Named.of("accepts and stays silent", rig -> rig.proxy.accepting(Accept.SILENT)),
        Named.of("does not answer the SYN", rig -> rig.proxy.accepting(Accept.BACKLOG)),
        Named.of("goes silent after the first byte", rig -> silentAfter(rig, 1)),
        Named.of("goes silent in the login", rig -> silentAfter(rig, 60)),
        Named.of("goes silent before it is ready", rig -> silentAfter(rig, 300)));
  }

  private static void silentAfter(Rig rig, int bytes) {
    rig.proxy.newLinks(Toxics.NONE, Toxics.NONE.withCutAt(bytes, Toxics.Cut.BLACK_HOLE));
  }

  @ParameterizedTest
  @MethodSource("deafServers")
  void fault04DeafServerStarvesNobodyAndDeadlinesHold(Consumer<Rig> makeDeaf) throws Exception {
    try (Rig rig =
        Rig.postgres(
            b -> b.maxSize(6).openTimeout(Duration.ofMillis(400)).acquireTimeout(millis(700)))) {
      rig.fill(1);
      makeDeaf.accept(rig);
      Connection held = rig.get();

      List<CompletableFuture<Attempt>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(async(() -> Attempt.at(rig.pool, millis(700))));
      }
      for (CompletableFuture<Attempt> each : waiting) {
        Attempt attempt = result(each);
        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        assertThat((Throwable) attempt.failure())
            .isInstanceOf(SQLTransientConnectionException.class);
      }
      CompletableFuture<Attempt> last = async(() -> Attempt.at(rig.pool, Duration.ofSeconds(10)));
      Eventually.await(() -> rig.pool.stats().waiting() == 1, "one waits");
      held.close();
      try (Connection served = result(last).connection()) {
        assertThat(Rig.one(served)).as("what works still serves").isEqualTo(1);
      }

      rig.proxy.heal();
      try (Connection one = rig.get()) {
        assertThat(Rig.one(one)).isEqualTo(1);
        rig.recovers(); // beside the one that never broke
      }
      rig.settles();
    }
  }

  /** The TLS handshake begins, and then nothing comes any more. */
  @Test
  void fault04StuckTlsHandshakeEndsWithTheDeadline() throws Exception {
    try (Rig rig = Rig.postgres(b -> b)) {
      rig.proxy.accepting(Accept.SILENT);
      String url = rig.pool.config().url() + "?sslmode=require";
      try (SluiceDataSource pool =
          rig.pool.config().toBuilder()
              .url(url)
              .name(rig.name + "-tls")
              .openTimeout(Duration.ofMillis(300))
              .build()) {

        Attempt attempt = Attempt.at(pool, millis(500));

        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        assertThat((Throwable) attempt.failure())
            .isInstanceOf(SQLTransientConnectionException.class);
      }
    }
  }
}
