package dev.sluice.jdbc;

import dev.sluice.jdbc.HostStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which host has which role. Thread-safe; never blocks, and holds no lock: reports are handled one
 * after the other, by the thread that brings the first of them.
 *
 * <ul>
 *   <li>T1: at most one host is {@link State#PRIMARY}. Of two that accept writes, the one on the
 *       newer timeline is, and without timelines the one that already was. It would break if two
 *       reports were handled at the same time.
 *   <li>T2: a primary on an older timeline than one that was ever seen is never the primary again.
 *       So a former primary that comes back after a failover gets no writes, even while its
 *       successor cannot be reached. It would break if the newest timeline were forgotten.
 *   <li>T3: no host becomes the primary before each host was checked once, with or without success.
 *       Otherwise the former primary might be asked first, after a start.
 *   <li>T4: an answer counts only if its check began after whatever is known already. Otherwise a
 *       slow answer from before a failover would undo what is known about it.
 *   <li>T5: a host has the pool of a primary before it is shown as the primary, and the pool of a
 *       replica after it is no longer shown as the primary. So no connection of one role is lent in
 *       the other.
 *   <li>T6: when another host takes over, the leases of the former primary are cut, unless it is a
 *       replica already. Otherwise a borrower who keeps a connection would go on writing there, or
 *       wait there for an answer that never comes.
 * </ul>
 */
final class Topology {
  /** Changes the hosts' pools. */
  interface Pools {
    /** Prepares a host's pool for writes; connections opened before are not lent again. */
    void prepareForWrites(int host);

    /** Prepares a host's pool for reads; connections opened before are not lent again. */
    void prepareForReads(int host);

    /** Cuts a host's leases, because another host has taken over its role. */
    void fence(int host);
  }

  /**
   * What is known at one moment. Immutable.
   *
   * @param primary the primary's number, -1 if there is none
   * @param changed completes when a host enters another state
   */
  record View(List<HostView> hosts, int primary, CompletableFuture<Boolean> changed) {
    HostView host(int number) {
      return hosts.get(number);
    }

    boolean hasPrimary() {
      return primary >= 0;
    }
  }

  private final RoutingConfig config;
  private final Pools pools;
  private final LongSupplier clock;
  private final Queue<Runnable> reports = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unhandled = new AtomicInteger();
  private final StateLog changes;
  private volatile View view;

  // Used while handling a report alone.
  private final PrimaryLog log = new PrimaryLog();
  private final @Nullable Observation[] claims;
  private long newestTimeline;
  private final AtomicLong failovers = new AtomicLong();
  private int lastPrimary = -1;

  Topology(RoutingConfig config, Pools pools, LongSupplier clock) {
    this.config = config;
    this.pools = pools;
    this.clock = clock;
    this.changes = new StateLog(config.name());
    int count = config.hosts().size();
    this.claims = new Observation[count];
    List<HostView> hosts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hosts.add(HostView.initial(clock.getAsLong()));
    }
    this.view = new View(List.copyOf(hosts), -1, new CompletableFuture<>());
  }

  View view() {
    return view;
  }

  /** How often another host became the primary. */
  long failovers() {
    return failovers.get();
  }

  // Reports

  /** A check has succeeded. */
  void observed(int host, Observation seen) {
    report(() -> accept(host, seen));
  }

  /** A check that began then has failed. */
  void failed(int host, String why, long began) {
    report(() -> eject(host, why, began));
  }

  /** A borrower has evidence that a host does not have its role any more. */
  void suspected(int host, String why) {
    report(() -> suspect(host, why));
  }

  /** A replica has told a borrower how far it is. */
  void advanced(int host, long position) {
    report(() -> publish(host, view.host(host).advancedTo(position), view.primary()));
  }

  private void report(Runnable handling) {
    reports.add(handling);
    if (unhandled.getAndIncrement() == 0) {
      do {
        handleNext();
      } while (unhandled.decrementAndGet() != 0);
    }
  }

  private void handleNext() {
    Runnable next = reports.poll();
    try {
      if (next != null) {
        next.run();
      }
    } catch (Throwable e) { // or no report would be handled any more
      Log.warning("'" + config.name() + "' could not take note of a host's state", e);
    }
  }

  // Handling a report

  private void accept(int host, Observation seen) {
    if (seen.began() - view.host(host).began() < 0) {
      return; // T4
    }
    claims[host] = null;
    if (seen.isPrimary()) {
      claim(host, seen);
    } else {
      follow(host, seen);
    }
    elect();
  }

  private void claim(int host, Observation seen) {
    int rival = view.primary();
    if (seen.timeline() < newestTimeline) {
      depose(host, seen, outdated(seen.timeline(), newestTimeline)); // T2
    } else if (rival == host) {
      lead(host, seen);
    } else if (rival < 0) {
      claims[host] = seen;
      String why = "accepts writes; not all other hosts have been checked yet";
      HostView before = view.host(host);
      if (before.state() == State.UNKNOWN) {
        long now = now();
        publish(host, before.waiting(why, seen.began(), now, next(now)), -1);
      }
    } else if (seen.timeline() > view.host(rival).timeline()) {
      lead(host, seen);
    } else {
      depose(host, seen, "accepts writes, but '" + name(rival) + "' is the primary"); // T1
    }
  }

  private static String outdated(long timeline, long newest) {
    return "accepts writes on timeline " + timeline + ", but there is a timeline " + newest;
  }

  /** Chooses among the hosts that accept writes, if there is no primary. */
  private void elect() {
    if (view.hasPrimary() || !view.hosts().stream().allMatch(HostView::observed)) { // T3
      return;
    }
    int best = -1;
    for (int i = 0; i < claims.length; i++) {
      if (claims[i] != null && (best < 0 || isBetter(i, best))) {
        best = i;
      }
    }
    Observation won = best < 0 ? null : claims[best];
    if (won != null) {
      lead(best, won);
    }
  }

  private boolean isBetter(int host, int than) {
    Observation one = claims[host];
    Observation other = claims[than];
    if (one == null || other == null || one.timeline() != other.timeline()) {
      return other == null || (one != null && one.timeline() > other.timeline());
    }
    return config.hosts().get(host).isDeclaredPrimary()
        && !config.hosts().get(than).isDeclaredPrimary();
  }

  /** Makes a host the primary, and deposes all others that accept writes. */
  private void lead(int host, Observation seen) {
    long now = now();
    HostView before = view.host(host);
    newestTimeline = Math.max(newestTimeline, seen.timeline());
    if (seen.hasPosition()) {
      log.add(seen.began(), seen.position());
    }
    if (view.primary() != host && (before.state() != State.UNKNOWN || lastPrimary != host)) {
      pools.prepareForWrites(host); // T5
    }
    int former = lastPrimary;
    lastPrimary = host;
    if (former >= 0 && former != host) {
      failovers.incrementAndGet();
      replace(former, "'" + name(host) + "' is the primary now", now);
    }
    publish(host, before.primary(seen, now, next(now)), host);
    deposeClaimants(host);
  }

  /** A former primary that is known to be a replica by now has readers, who may stay. */
  private void replace(int former, String why, long now) {
    HostView old = view.host(former);
    if (view.primary() == former) {
      publish(former, old.deposed(why, old.began(), now, next(now)), -1);
    }
    if (!old.state().isReplica()) {
      pools.fence(former); // T6
    }
  }

  private void deposeClaimants(int leader) {
    for (int i = 0; i < claims.length; i++) {
      Observation claim = claims[i];
      claims[i] = null;
      if (claim != null && i != leader) {
        depose(i, claim, "accepts writes, but '" + name(leader) + "' is the primary");
      }
    }
  }

  private void depose(int host, Observation seen, String why) {
    long now = now();
    publish(host, view.host(host).deposed(why, seen.began(), now, next(now)), without(host));
  }

  private void follow(int host, Observation seen) {
    long now = now();
    Lag lag = Lag.of(seen, log);
    String tooMuch = lag.tooMuch(config);
    HostView before = view.host(host);
    HostView after =
        tooMuch == null
            ? before.replica(State.REPLICA, "replicates", seen, lag, now, next(now))
            : before.replica(State.LAGGING, tooMuch, seen, lag, now, next(now));
    if (view.primary() == host) {
      publish(host, before.suspected("it has become a replica", now), -1);
    }
    if (!before.state().isReplica()) {
      pools.prepareForReads(host); // T5
    }
    publish(host, after, view.primary());
  }

  private void eject(int host, String why, long began) {
    HostView before = view.host(host);
    if (began - before.began() < 0) {
      return; // T4
    }
    long now = now();
    claims[host] = null;
    publish(host, before.ejected(why, began, now, now + backoff(before.failures())), without(host));
    elect();
  }

  private void suspect(int host, String why) {
    publish(host, view.host(host).suspected(why, now()), without(host));
  }

  private int without(int host) {
    return view.primary() == host ? -1 : view.primary();
  }

  private long now() {
    return clock.getAsLong();
  }

  private long next(long now) {
    return now + config.checkInterval().toNanos();
  }

  /** How long to wait after so many failed checks and one more. */
  private long backoff(int failures) {
    long pause = config.checkInterval().toNanos() << Math.min(failures, 20);
    return Math.min(pause, Math.max(config.backoffMax().toNanos(), 1));
  }

  private String name(int host) {
    return config.hosts().get(host).name();
  }

  private void publish(int host, HostView after, int primary) {
    View before = view;
    List<HostView> hosts = new ArrayList<>(before.hosts());
    HostView was = hosts.set(host, after);
    boolean isSame = was.state() == after.state() && before.primary() == primary;
    CompletableFuture<Boolean> changed = isSame ? before.changed() : new CompletableFuture<>();
    view = new View(List.copyOf(hosts), primary, changed);
    if (!isSame) {
      changes.write("host '%s' is %s: %s".formatted(name(host), after.state(), after.reason()));
      before.changed().complete(true);
    }
  }
}
