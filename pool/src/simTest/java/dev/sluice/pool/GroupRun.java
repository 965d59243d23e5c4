package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One simulation of a group: pools, callers who hold one resource while they ask for another,
 * faults and late pools, all from one seed. Throughout, the cap must hold. In the end, when every
 * pool has more callers than the cap has places, each must get its part; and closing must end.
 */
final class GroupRun {
  private static final int MAX_STEPS = 3_000_000;
  private static final long MS = 1_000_000;

  private final long seed;
  private final SimScheduler scheduler;
  private final SimRandom random;
  private final List<PoolGroup> groups = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private SimTask main;
  private int running;
  private boolean rushHour;

  long givenUp;
  long atTheCap;

  /** A pool of the group, and what it has opened. */
  private final class Member implements ResourceFactory<Object> {
    final String name;
    final SimPlatform platform = new SimPlatform(scheduler);
    final Pool<Object, Lease<Object>> pool;
    final int limit;
    int alive;
    long served;
    double fails;

    Member(String name, PoolGroup... own) {
      this.name = name;
      int min = random.chance(0.7) ? 0 : 1;
      this.limit = random.between(2, 8);
      PoolConfig.Builder config =
          PoolConfig.builder()
              .name(name)
              .minSize(min)
              .maxSize(limit)
              .maxOverflow(random.chance(0.3) ? 2 : 0)
              .acquireTimeout(Duration.ofSeconds(3))
              .openTimeout(Duration.ofSeconds(2))
              .idleTimeout(Duration.ofSeconds(random.chance(0.5) ? 1 : 60))
              .handoutOrder(random.one(HandoutOrder.LIFO, HandoutOrder.LIFO, HandoutOrder.FIFO))
              .fairness(random.one(Fairness.STRICT, Fairness.BOUNDED))
              .backoffMin(Duration.ofMillis(5))
              .backoffMax(Duration.ofMillis(50))
              .resumeGuard(false);
      for (PoolGroup group : own) {
        config.group(group);
      }
      try {
        pool = Pool.create(config.build(), this, LeaseFactory.plain(), PoolListener.NONE, platform);
      } catch (AcquireException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Object open(Duration timeout) {
      scheduler.sleep(random.spread(MS / 10, 50 * MS));
      if (random.chance(fails)) {
        throw new IllegalStateException("injected");
      }
      alive++;
      return new Object();
    }

    @Override
    public boolean validate(Object resource, ResourceInfo info, Duration timeout) {
      return !random.chance(fails);
    }

    @Override
    public void close(Object resource) {
      scheduler.sleep(random.spread(MS / 10, 20 * MS));
      alive--;
    }

    @Override
    public void abort(Object resource) {
      alive--;
    }
  }

  GroupRun(long seed) {
    this.seed = seed;
    this.scheduler = new SimScheduler(seed, MAX_STEPS);
    this.random = new SimRandom(seed * 31 + 17);
    scheduler.yields = random.one(0.0, 0.02, 0.1);
    scheduler.stalls = random.one(0.0, 0.0, 0.005);
    scheduler.longestStall = 5 * MS;
  }

  void execute() throws InterruptedException {
    Interleaving.hook =
        () -> {
          if (Thread.currentThread() instanceof SimThread sim && sim.task != null) {
            sim.task.scheduler.point();
          }
        };
    scheduler.run(this::main);
    if (scheduler.failure() != null) {
      throw new AssertionError(
          scheduler.failure() + "\nrepeat with: -Dtest=GroupSimulationTest -Dsim.seed=" + seed,
          scheduler.failureCause());
    }
  }

  // ---- the course

  private void main() {
    main = scheduler.current();
    scheduler.interruptiblePlace = this::holdsNoLock;
    scheduler.atPoint = this::checkCap;
    int pools = random.between(2, 4);
    PoolGroup server = PoolGroup.of("server", random.between(pools + 1, 10));
    PoolGroup user = PoolGroup.of("user", random.between(2, 6));
    groups.add(server);
    groups.add(user);
    for (int i = 0; i < pools - 1; i++) {
      members.add(i < 2 && random.chance(0.5) ? member(i, server, user) : member(i, server));
    }
    int callers = random.between(4, 12);
    for (int i = 0; i < callers; i++) {
      start("caller-" + i, this::call);
    }
    scheduler.sleep(random.spread(MS, 300 * MS));
    members.add(member(pools - 1, server)); // while others have it all
    if (random.chance(0.5)) {
      start("nemesis", this::harm);
    }
    awaitAll();
    members.forEach(member -> member.fails = 0);
    rush();
    end();
  }

  private Member member(int number, PoolGroup... own) {
    return new Member("pool-" + number, own);
  }

  private void start(String name, Runnable body) {
    running++;
    scheduler.spawn(
        name,
        () -> {
          body.run();
          running--;
          scheduler.unpark(main);
        });
  }

  private void awaitAll() {
    while (running > 0) {
      scheduler.park(TimeUnit.SECONDS.toNanos(1));
    }
  }

  private boolean holdsNoLock() {
    for (Member member : members) {
      Engine<Object> engine = member.pool.engine();
      if (engine.opener.isHeldByCurrentThread() || engine.shedding.isHeldByCurrentThread()) {
        return false;
      }
    }
    return !PoolGroup.isHeldByCurrentThread();
  }

  private void checkCap() {
    for (PoolGroup group : groups) {
      int size = group.size();
      if (size > group.maxTotal()) {
        violated(group + " is above its cap");
      }
      atTheCap += size == group.maxTotal() ? 1 : 0;
    }
  }

  // ---- what callers do

  /** Borrows of one pool, and sometimes of a later one meanwhile. */
  private void call() {
    for (int i = random.between(5, 20); i > 0; i--) {
      int first = random.below(members.size());
      Lease<Object> lease = acquire(members.get(first), Duration.ofSeconds(3));
      if (lease != null) {
        scheduler.sleep(random.spread(MS / 10, 30 * MS));
        if (first + 1 < members.size() && random.chance(0.3)) {
          int second = random.between(first + 1, members.size() - 1);
          Lease<Object> other = acquire(members.get(second), Duration.ofSeconds(3));
          if (other != null) {
            scheduler.sleep(random.spread(MS / 10, 10 * MS));
            other.close();
          }
        }
        lease.close();
      }
      if (random.chance(0.3)) {
        scheduler.sleep(random.spread(MS, 400 * MS)); // what is idle is no longer in use
      }
    }
  }

  private Lease<Object> acquire(Member member, Duration timeout) {
    try {
      return member.pool.acquire(AcquireOptions.DEFAULT.withTimeout(timeout));
    } catch (AcquireException e) {
      if (rushHour || e.kind() == Kind.SELF_DEADLOCK || e.kind() == Kind.CLOSED) {
        violated(member.name + ": " + e.getMessage());
      }
      return null;
    } catch (InterruptedException e) {
      violated("nobody interrupted");
      return null;
    }
  }

  private void harm() {
    Member one = members.get(random.below(members.size()));
    one.fails = 0.5;
    scheduler.sleep(random.spread(10 * MS, 500 * MS));
    one.fails = 0;
    one.pool.refresh();
  }

  /**
   * Every pool has more callers than it can have resources, each for 3 s: each is served all the
   * time, though the others would take what it has.
   */
  private void rush() {
    scheduler.sleep(300 * MS); // the failures' pauses are over
    rushHour = true;
    long until = scheduler.now() + 3_000 * MS;
    for (Member member : members) {
      for (int i = 0; i < member.limit; i++) {
        start(
            member.name + "-rush-" + i,
            () -> {
              while (scheduler.now() < until && !scheduler.stopping()) {
                Lease<Object> lease = acquire(member, Duration.ofSeconds(2));
                if (lease == null) {
                  return;
                }
                member.served++;
                scheduler.sleep(random.spread(5 * MS, 20 * MS));
                lease.close();
              }
            });
      }
    }
    scheduler.sleep(2_500 * MS);
    checkShares();
    awaitAll();
    rushHour = false;
    for (Member member : members) {
      if (member.served < 50) { // of at least 150 that one resource could serve
        violated(member.name + " was served " + member.served + " times in 3 s");
      }
      givenUp += member.pool.stats().closed().getOrDefault(CloseReason.GROUP, 0L);
    }
  }

  /** In a group of which all want as much as they can get, nobody has two more than another. */
  private void checkShares() {
    if (groups.get(1).size() > 0) {
      return; // some are limited by the other group
    }
    int least = Integer.MAX_VALUE;
    for (Member member : members) {
      least = Math.min(least, member.limit <= 4 ? Integer.MAX_VALUE : member.pool.stats().size());
    }
    for (Member member : members) {
      int size = member.pool.stats().size();
      if (least != Integer.MAX_VALUE && size > least + 2) {
        violated(groups.get(0) + ": the places are not shared equally");
      }
    }
  }

  private void end() {
    long since = scheduler.now();
    for (Member member : members) {
      start("closer-" + member.name, member.pool::close);
    }
    awaitAll();
    if (scheduler.now() - since > 5_000 * MS) {
      violated("closing took " + (scheduler.now() - since) / MS + " ms");
    }
    scheduler.sleep(1_000 * MS);
    for (Member member : members) {
      if (member.alive > 0 || member.platform.workersRunning > 0) {
        violated(member.name + " has left " + member.alive + " resources");
      }
    }
    for (PoolGroup group : groups) {
      if (!group.toString().endsWith("0 of " + group.maxTotal())) {
        violated(group + " still has members");
      }
    }
  }

  private void violated(String what) {
    scheduler.fail(what, new AssertionError(what));
  }
}
