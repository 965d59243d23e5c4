package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.HostStatus.State;
import dev.sluice.testkit.FakeDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who becomes the primary, and which replica may serve; in virtual time, without a server. */
class TopologyTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakeDatabase db = FakeDatabase.create();
  private final List<String> prepared = new ArrayList<>();
  private long now = 1_000 * SECOND;
  private Topology topology = of(b -> b);

  private Topology of(UnaryOperator<RoutingBuilder> options) {
    RoutingBuilder builder =
        RoutingDataSource.builder().primary(pool("a")).replica(pool("b")).replica(pool("c"));
    return new Topology(options.apply(builder).toConfig(), new Recorder(), () -> now);
  }

  private SluiceBuilder pool(String name) {
    return Sluice.dataSource(db.url()).name(name);
  }

  private final class Recorder implements Topology.Pools {
    @Override
    public void prepareForWrites(int host) {
      prepared.add("writes " + host + " while the primary is " + primary());
    }

    @Override
    public void prepareForReads(int host) {
      prepared.add("reads " + host + " while the primary is " + primary());
    }

    @Override
    public void fence(int host) {
      prepared.add("fence " + host + " while the primary is " + primary());
    }
  }

  @AfterEach
  void close() {
    db.close();
  }

  private int primary() {
    return topology.view().primary();
  }

  private State state(int host) {
    return topology.view().host(host).state();
  }

  private String reason(int host) {
    return topology.view().host(host).reason();
  }

  private void seesPrimary(int host, long timeline, long position) {
    topology.observed(host, new Observation(true, timeline, position, Observation.UNKNOWN, now));
  }

  private void seesReplica(int host, long position) {
    topology.observed(host, new Observation(false, 0, position, Observation.UNKNOWN, now));
  }

  private void settle() {
    seesPrimary(0, 1, 100);
    seesReplica(1, 100);
    seesReplica(2, 100);
  }

  @Test
  void nobodyIsThePrimaryBeforeAllHostsWereChecked() {
    seesPrimary(0, 1, 100);
    assertThat(primary()).isEqualTo(-1);
    assertThat(state(0)).isEqualTo(State.UNKNOWN);

    seesReplica(1, 100);
    topology.failed(2, "refused", now);

    assertThat(primary()).isZero();
    assertThat(state(0)).isEqualTo(State.PRIMARY);
    assertThat(state(1)).isEqualTo(State.REPLICA);
    assertThat(state(2)).isEqualTo(State.EJECTED);
  }

  @Test
  void ofTwoThatAcceptWritesAtTheStartTheNewerTimelineWins() {
    seesPrimary(0, 1, 500);
    seesPrimary(1, 2, 100);
    seesReplica(2, 100);

    assertThat(primary()).isEqualTo(1);
    assertThat(state(0)).isEqualTo(State.EJECTED);
    assertThat(reason(0)).contains("'b' is the primary");
  }

  @Test
  void ofTwoWithoutTimelinesTheDeclaredPrimaryWins() {
    seesPrimary(1, 0, 100);
    seesPrimary(0, 0, 100);
    seesReplica(2, 100);

    assertThat(primary()).isZero();
    assertThat(state(1)).isEqualTo(State.EJECTED);
  }

  @Test
  void promotedHostTakesOverWithoutWaitingForTheOldOne() {
    settle();
    now += SECOND;

    seesPrimary(1, 2, 120);

    assertThat(primary()).isEqualTo(1);
    assertThat(state(0)).isEqualTo(State.EJECTED);
    assertThat(reason(0)).isEqualTo("'b' is the primary now");
    assertThat(topology.failovers()).isEqualTo(1);
    assertThat(prepared).endsWith("fence 0 while the primary is -1");
  }

  @Test
  void leasesOfAFormerPrimaryAreCutAlsoIfItWasAlreadyEjected() {
    settle();
    now += SECOND;
    topology.failed(0, "refused", now);
    prepared.clear();

    seesPrimary(1, 2, 120);

    assertThat(prepared)
        .containsExactly("writes 1 while the primary is -1", "fence 0 while the primary is -1");
    assertThat(topology.failovers()).isEqualTo(1);
  }

  @Test
  void formerPrimaryThatComesBackGetsNoWritesEvenWhileTheNewOneIsAway() {
    settle();
    now += SECOND;
    topology.failed(0, "refused", now);
    seesPrimary(1, 2, 120);
    now += SECOND;
    topology.failed(1, "refused", now);
    now += SECOND;

    seesPrimary(0, 1, 130);

    assertThat(primary()).isEqualTo(-1);
    assertThat(state(0)).isEqualTo(State.EJECTED);
    assertThat(reason(0)).contains("timeline 1").contains("timeline 2");
  }

  @Test
  void withoutTimelinesTheOneThatIsThePrimaryStaysIt() {
    seesPrimary(0, 0, 100);
    seesReplica(1, 100);
    seesReplica(2, 100);
    now += SECOND;

    seesPrimary(1, 0, 100);

    assertThat(primary()).isZero();
    assertThat(reason(1)).isEqualTo("accepts writes, but 'a' is the primary");
  }

  @Test
  void poolIsPreparedForWritesBeforeTheHostIsThePrimaryAndForReadsAfter() {
    settle();
    assertThat(prepared).contains("writes 0 while the primary is -1");
    prepared.clear();
    now += SECOND;

    seesReplica(0, 100);
    seesPrimary(1, 2, 100);

    assertThat(prepared)
        .containsExactly("reads 0 while the primary is -1", "writes 1 while the primary is -1");
  }

  @Test
  void falseAlarmReplacesNoConnections() {
    settle();
    prepared.clear();
    topology.suspected(0, "25006");
    assertThat(primary()).isEqualTo(-1);
    now += 1;

    seesPrimary(0, 1, 110);

    assertThat(primary()).isZero();
    assertThat(prepared).isEmpty();
    assertThat(topology.failovers()).isZero();
  }

  @Test
  void primaryThatWasAwayHasItsConnectionsReplaced() {
    settle();
    prepared.clear();
    topology.failed(0, "refused", now);
    now += 1;

    seesPrimary(0, 1, 110);

    assertThat(prepared).containsExactly("writes 0 while the primary is -1");
  }

  @Test
  void answerFromBeforeTheSuspicionDoesNotCount() {
    settle();
    Observation slow = new Observation(true, 1, 100, Observation.UNKNOWN, now);
    now += SECOND;
    topology.suspected(0, "25006");

    topology.observed(0, slow);

    assertThat(state(0)).isEqualTo(State.UNKNOWN);
    assertThat(reason(0)).isEqualTo("25006");
  }

  @Test
  void failureFromBeforeASuccessDoesNotCount() {
    settle();
    long began = now;
    now += SECOND;
    seesPrimary(0, 1, 100);

    topology.failed(0, "timed out", began);

    assertThat(state(0)).isEqualTo(State.PRIMARY);
  }

  @Test
  void ejectedHostIsNotSuspectedAndComesBackByACheckAlone() {
    settle();
    now += SECOND;
    topology.failed(1, "refused", now);

    topology.suspected(1, "a borrower");
    assertThat(state(1)).isEqualTo(State.EJECTED);

    seesReplica(1, 100);
    assertThat(state(1)).isEqualTo(State.REPLICA);
  }

  @Test
  void pauseBetweenTheChecksOfAnEjectedHostDoublesUpToItsBound() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      topology.failed(1, "refused", now);
      pauses.add((topology.view().host(1).nextCheck() - now) / SECOND);
      now += SECOND;
    }
    assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
  }

  @Test
  void replicaThatIsTooFarBehindIsLaggingUntilItHasCaughtUp() {
    topology = of(b -> b.maxLag(Duration.ofSeconds(3)));
    settle();
    for (int i = 1; i <= 5; i++) {
      now += SECOND;
      seesPrimary(0, 1, 100 + i);
      seesReplica(1, 100);
      seesReplica(2, 100 + i);
      assertThat(state(1)).isEqualTo(i <= 3 ? State.REPLICA : State.LAGGING);
    }
    assertThat(reason(1)).isEqualTo("it is 5000 ms behind, and maxLag is 3000 ms");
    assertThat(state(2)).isEqualTo(State.REPLICA);

    seesReplica(1, 104);

    assertThat(state(1)).isEqualTo(State.REPLICA);
    assertThat(topology.view().host(1).status("b", now).lag()).contains(Duration.ofSeconds(1));
  }

  @Test
  void idlePrimaryMakesNobodyLag() {
    topology = of(b -> b.maxLag(Duration.ofSeconds(3)));
    settle();
    for (int i = 0; i < 100; i++) {
      now += SECOND;
      seesPrimary(0, 1, 100);
      seesReplica(1, 100);
    }
    assertThat(state(1)).isEqualTo(State.REPLICA);
    assertThat(topology.view().host(1).lagNanos()).isZero();
  }

  @Test
  void replicaBehindAllThatIsRememberedIsLagging() {
    topology = of(b -> b.maxLag(Duration.ofSeconds(3)));
    settle();
    for (int i = 1; i <= 2 * PrimaryLog.SIZE; i++) {
      now += SECOND;
      seesPrimary(0, 1, 100 + i);
    }
    seesReplica(1, 100);
    assertThat(state(1)).isEqualTo(State.LAGGING);
    assertThat(topology.view().host(1).isCovered()).isFalse();
  }

  @Test
  void whatAFormerPrimaryLostIsForgotten() {
    settle();
    now += SECOND;
    seesPrimary(0, 1, 900); // never replicated
    now += SECOND;
    topology.failed(0, "refused", now);
    seesPrimary(1, 2, 150);
    seesReplica(2, 150);

    assertThat(topology.view().host(2).lagBytes()).isZero();
    assertThat(topology.view().host(2).covered()).isEqualTo(now);
  }

  @Test
  void waitersLearnOfAChangeOfStateAndOfNothingElse() {
    settle();
    CompletableFuture<Boolean> changed = topology.view().changed();
    now += SECOND;
    seesPrimary(0, 1, 200);
    assertThat(changed).isNotDone();

    topology.failed(2, "refused", now);

    assertThat(changed).isDone();
    assertThat(topology.view().changed()).isNotDone();
  }
}
