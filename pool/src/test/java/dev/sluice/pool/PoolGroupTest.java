package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A cap that pools share, one step at a time. */
class PoolGroupTest {
  private final PoolGroup group = PoolGroup.of("server", 4);
  private final List<Member> members = new ArrayList<>();

  /** A pool with time and workers of its own, which go with the others'. */
  private static final class Member {
    final FakeResources resources = new FakeResources();
    final SteppedPlatform platform = new SteppedPlatform();
    final Pool<Thing, Lease<Thing>> pool;

    Member(PoolConfig.Builder config) throws AcquireException {
      pool =
          Pool.create(config.build(), resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    }

    List<Lease<Thing>> acquire(int count) throws Exception {
      return SteppedEngineTest.acquire(pool, count);
    }

    CompletableFuture<Lease<Thing>> ask() {
      return pool.acquireAsync(AcquireOptions.DEFAULT);
    }
  }

  private Member member(String name) throws AcquireException {
    return member(config(name));
  }

  private Member member(PoolConfig.Builder config) throws AcquireException {
    Member member = new Member(config);
    members.add(member);
    return member;
  }

  private PoolConfig.Builder config(String name) {
    return config(name, group);
  }

  private static PoolConfig.Builder config(String name, PoolGroup group) {
    return SteppedEngineTest.config()
        .name(name)
        .maxSize(10)
        .resumeGuard(false)
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .group(group);
  }

  /** Lets time pass for all, in steps in which each keeper looks. */
  private void pass(long millis) {
    for (long passed = 0; passed < millis; passed += 10) {
      for (Member member : members) {
        member.platform.pass(10);
        member.platform.work();
      }
      assertThat(group.size()).isLessThanOrEqualTo(group.maxTotal());
    }
  }

  @Test
  void onePoolMayHaveAllThatTheOthersAreNotSureOf() throws Exception {
    Member busy = member("busy");
    member("calm");

    List<Lease<Thing>> leases = busy.acquire(3);
    CompletableFuture<Lease<Thing>> more = busy.ask();
    pass(1_000);

    assertThat(more).isNotDone();
    assertThat(group.size()).isEqualTo(3);
    assertThat(group).hasToString("group 'server': 3 of 4 (busy 3, calm 0)");
    more.cancel(false);
    leases.forEach(Lease::close);
  }

  /** Whoever holds one of the busy pool may need one of the other to go on. */
  @Test
  void eachPoolIsSureOfOneHoweverBusyTheOthersAre() throws Exception {
    Member busy = member("busy");
    Member calm = member("calm");
    List<Lease<Thing>> leases = busy.acquire(3);

    Lease<Thing> sure = calm.acquire(1).get(0);

    assertThat(group.size()).isEqualTo(4);
    sure.close();
    leases.forEach(Lease::close);
  }

  @Test
  void idleOneOfAPoolIsClosedWhenAnotherPoolStarves() throws Exception {
    Member calm = member("calm");
    Member busy = member("busy");
    calm.acquire(3).forEach(Lease::close);
    List<Lease<Thing>> leases = busy.acquire(1);

    CompletableFuture<Lease<Thing>> second = busy.ask();
    CompletableFuture<Lease<Thing>> third = busy.ask();
    pass(1_000);

    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
    assertThat(calm.pool.stats().closed()).containsEntry(CloseReason.GROUP, 2L);
    assertThat(calm.pool.stats().idle()).isEqualTo(1);
    second.get().close();
    third.get().close();
    leases.forEach(Lease::close);
  }

  @Test
  void whatComesBackToAPoolAboveItsShareGoesToTheOneBelow() throws Exception {
    Member first = member("first");
    Member second = member("second");
    List<Lease<Thing>> leases = first.acquire(3);
    List<CompletableFuture<Lease<Thing>>> waiting = List.of(first.ask(), first.ask());
    List<Lease<Thing>> one = second.acquire(1);
    CompletableFuture<Lease<Thing>> wanted = second.ask();
    pass(500);
    assertThat(wanted).isNotDone();

    leases.get(0).close();
    pass(500);

    assertThat(wanted).isCompleted();
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    assertThat(first.pool.stats().size()).isEqualTo(2);
    assertThat(second.pool.stats().size()).isEqualTo(2);
    leases.get(1).close();
    pass(100);
    assertThat(waiting.get(0)).isCompleted(); // it has its share, and keeps it
    waiting.get(0).get().close();
    pass(100);
    waiting.get(1).get().close();
    leases.get(2).close();
    wanted.get().close();
    one.forEach(Lease::close);
  }

  /** However it was lent, and is cleaned first. */
  @Test
  void whatIsCleanedWhenItComesBackIsGivenUpToo() throws Exception {
    Member first = member("first");
    Member second = member("second");
    List<Lease<Thing>> leases = first.acquire(3);
    CompletableFuture<Lease<Thing>> waiting = first.ask();
    List<Lease<Thing>> one = second.acquire(1);
    CompletableFuture<Lease<Thing>> wanted = second.ask();
    pass(500);

    leases.get(0).releaseForReset();
    pass(500);

    assertThat(wanted).isCompleted();
    assertThat(first.pool.stats().closed()).containsEntry(CloseReason.GROUP, 1L);
    waiting.cancel(false);
    leases.forEach(Lease::close);
    wanted.get().close();
    one.forEach(Lease::close);
  }

  @Test
  void nothingIsGivenUpForCallersThatWaitForAReturn() throws Exception {
    Member calm = member("calm");
    Member busy = member(config("busy").maxSize(1));
    calm.acquire(3).forEach(Lease::close);
    List<Lease<Thing>> leases = busy.acquire(1);

    CompletableFuture<Lease<Thing>> next = busy.ask();
    pass(1_000);

    assertThat(next).isNotDone();
    assertThat(calm.pool.stats().idle()).isEqualTo(3);
    leases.get(0).close();
    pass(100);
    next.get().close();
  }

  @Test
  void oneWhoWaitedInVainIsToldOfTheGroup() throws Exception {
    Member busy = member("busy");
    member("calm");
    List<Lease<Thing>> leases = busy.acquire(3);

    CompletableFuture<Lease<Thing>> more =
        busy.pool.acquireAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));
    pass(1_100);

    assertThat(more)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("no resource came free within 1.0 s")
        .withMessageContaining("waiting 1, group 'server': 3 of 4 (busy 3, calm 0)");
    leases.forEach(Lease::close);
  }

  @Test
  void closedPoolLeavesItsPartToTheOthers() throws Exception {
    Member busy = member("busy");
    Member calm = member("calm");
    List<Lease<Thing>> leases = busy.acquire(3);
    CompletableFuture<Lease<Thing>> more = busy.ask();

    calm.pool.close();
    members.remove(calm);
    pass(100);

    assertThat(more).isCompleted();
    assertThat(group).hasToString("group 'server': 4 of 4 (busy 4)");
    more.get().close();
    leases.forEach(Lease::close);
  }

  @Test
  void poolThatComesLateGetsItsPart() throws Exception {
    Member busy = member("busy");
    List<Lease<Thing>> leases = busy.acquire(4);
    Member late = member("late");

    CompletableFuture<Lease<Thing>> first = late.ask();
    pass(300);
    assertThat(first).isNotDone();
    leases.get(0).close();
    pass(300);

    assertThat(first).isCompleted();
    first.get().close();
    leases.forEach(Lease::close);
  }

  @Test
  void capThatShrinksIsReachedByWhatComesBack() throws Exception {
    Member busy = member("busy");
    List<Lease<Thing>> leases = busy.acquire(4);

    group.resize(2);
    leases.get(0).close();
    leases.get(1).close();
    for (int i = 0; i < 10; i++) {
      busy.platform.pass(20);
      busy.platform.work();
    }

    assertThat(group.size()).isEqualTo(2);
    leases.forEach(Lease::close);
  }

  @Test
  void poolsThatAreSureOfMoreThanTheCapAreRefused() throws Exception {
    member(config("first").minSize(2));
    member(config("second").minSize(1));

    assertThatThrownBy(() -> new Member(config("third").minSize(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "group 'server': its pools are sure of 5 resources (minSize each, and one at least),"
                + " maxTotal is 4");
    assertThatThrownBy(() -> group.resize(2)).isInstanceOf(IllegalArgumentException.class);
    member(config("fourth")); // the one that was refused takes no part
  }

  /** One cap for the server, and a lower one for its user. */
  @Test
  void poolOfTwoGroupsOpensWhatBothAllow() throws Exception {
    PoolGroup user = PoolGroup.of("user", 2);
    Member both = member(config("both").group(user));
    Member other = member("other");
    List<Lease<Thing>> leases = both.acquire(2);

    CompletableFuture<Lease<Thing>> third = both.ask();
    pass(300);

    assertThat(third).isNotDone();
    assertThat(user.size()).isEqualTo(2);
    List<Lease<Thing>> others = other.acquire(2);
    assertThat(group.size()).isEqualTo(4);
    leases.get(0).close();
    pass(100);
    third.get().close();
    leases.get(1).close();
    others.forEach(Lease::close);
  }

  @Test
  void aCapOnlyMayHaveMorePoolsThanResourcesAndMovesWhatIsIdle() throws Exception {
    PoolGroup cap = PoolGroup.capOnly("cap", 1);
    List<Member> pools = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      pools.add(member(config(name).group(cap)));
    }

    for (int round = 0; round < 6; round++) {
      CompletableFuture<Lease<Thing>> asked = pools.get(round % 3).ask();
      pass(1_000);
      assertThat(asked).as("round " + round).isCompleted();
      assertThat(cap.size()).isEqualTo(1);
      asked.join().close();
    }
  }

  @Test
  void aCapOnlyServesAPoolWhenABusyOneFallsIdle() throws Exception {
    PoolGroup cap = PoolGroup.capOnly("cap", 1);
    Member busy = member(config("busy").group(cap));
    Member calm = member(config("calm").group(cap));
    Lease<Thing> held = busy.acquire(1).get(0);
    CompletableFuture<Lease<Thing>> asked = calm.ask();
    pass(1_000);
    assertThat(asked).isNotDone();

    held.close();
    pass(1_000);

    assertThat(asked).isCompleted();
    asked.join().close();
  }

  /** If everyone above its share gave up what is missing, more would be closed than is needed. */
  @Test
  void onlyTheOneFurthestAboveItsShareGivesUp() throws Exception {
    PoolGroup eight = PoolGroup.of("eight", 8);
    Member some = member(config("some", eight)); // whose keeper looks first
    Member most = member(config("most", eight));
    Member busy = member(config("busy", eight));
    most.acquire(4).forEach(Lease::close);
    some.acquire(3).forEach(Lease::close);
    pass(1_000);
    List<CompletableFuture<Lease<Thing>>> asked = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      asked.add(busy.ask());
    }
    pass(1_000);

    assertThat(asked).allMatch(CompletableFuture::isDone);
    assertThat(most.pool.stats().closed()).containsEntry(CloseReason.GROUP, 2L);
    assertThat(some.pool.stats().closed().getOrDefault(CloseReason.GROUP, 0L)).isZero();
    assertThat(eight.size()).isEqualTo(8);
    for (CompletableFuture<Lease<Thing>> lease : asked) {
      lease.get().close();
    }
  }
}
