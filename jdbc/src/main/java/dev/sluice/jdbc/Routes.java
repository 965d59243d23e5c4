package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutingConfig.Balance;
import dev.sluice.jdbc.WriteMark.Need;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The hosts of a routing data source, and what is known about them. Thread-safe. */
final class Routes implements Topology.Pools {
  final RoutingConfig config;
  final LongSupplier clock;
  final Topology topology;
  final ReadRules rules;
  final LongAdder writes = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder readsOfPrimary = new LongAdder();
  private final List<RoutedHost> hosts = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  Routes(RoutingConfig config, LongSupplier clock) {
    this.config = config;
    this.clock = clock;
    this.rules = new ReadRules(config);
    this.topology = new Topology(config, this, clock);
    try {
      for (int i = 0; i < config.hosts().size(); i++) {
        hosts.add(new RoutedHost(i, config, clock));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  void start() {
    hosts.forEach(host -> host.start(topology));
  }

  RoutedHost host(int number) {
    return hosts.get(number);
  }

  List<RoutedHost> hosts() {
    return hosts;
  }

  @Override
  public void prepareForWrites(int host) {
    hosts.get(host).prepareForWrites();
  }

  @Override
  public void prepareForReads(int host) {
    hosts.get(host).prepareForReads();
  }

  @Override
  public void fence(int host) {
    hosts.get(host).pool.evictAll();
  }

  /** Makes all hosts be checked now. */
  void hurry() {
    hosts.forEach(host -> host.hurry(topology));
  }

  /** Has a host checked now. */
  void check(RoutedHost host) {
    host.hurry(topology);
  }

  /** Notes that a host may not have its role any more, and has it checked now. */
  void suspect(RoutedHost host, String why) {
    topology.suspected(host.number, why);
    host.hurry(topology);
  }

  /** The replica that is asked first for a read; null if none may serve it. */
  @Nullable RoutedHost firstReader(Topology.View view, Need need) {
    RoutedHost[] able = new RoutedHost[hosts.size()];
    int count = 0;
    long now = clock.getAsLong();
    for (RoutedHost host : hosts) {
      if (rules.whyNot(view.host(host.number), need, now) == null) {
        able[count++] = host;
      }
    }
    return count == 0 ? null : lightest(able, count);
  }

  private RoutedHost lightest(RoutedHost[] able, int count) {
    int first =
        config.balance() == Balance.RANDOM
            ? ThreadLocalRandom.current().nextInt(count)
            : Math.floorMod(turn.getAndIncrement(), count);
    RoutedHost best = able[first];
    double least = weight(best.pool.load());
    for (int i = 1; i < count && least > 0; i++) {
      RoutedHost host = able[(first + i) % count];
      double weight = weight(host.pool.load());
      if (weight < least) {
        best = host;
        least = weight;
      }
    }
    return best;
  }

  /** The other replicas that may serve a read, the least busy one first. */
  List<RoutedHost> otherReaders(Topology.View view, Need need, @Nullable RoutedHost than) {
    List<Candidate> others = new ArrayList<>(hosts.size());
    long now = clock.getAsLong();
    for (RoutedHost host : hosts) {
      if (!host.equals(than) && rules.whyNot(view.host(host.number), need, now) == null) {
        others.add(new Candidate(host, host.pool.load()));
      }
    }
    others.sort(Comparator.comparingDouble(Candidate::weight));
    return others.stream().map(Candidate::host).toList();
  }

  /** A host at one moment; its load may change while hosts are compared. */
  private record Candidate(RoutedHost host, double weight) {}

  /** Hosts without a free connection come last, whatever the balance. */
  private double weight(double load) {
    return config.balance() == Balance.LEAST_BUSY || load >= 1 ? load : 0;
  }

  /** Each host, and why it cannot serve. */
  String describe(Topology.View view, @Nullable Need need) {
    StringBuilder text = new StringBuilder();
    long now = clock.getAsLong();
    for (RoutedHost host : hosts) {
      HostView known = view.host(host.number);
      String why = need == null ? known.reason() : rules.whyNot(known, need, now);
      text.append(text.length() == 0 ? "" : "; ")
          .append("'")
          .append(host.name())
          .append("' is ")
          .append(known.state())
          .append(" (")
          .append(why == null ? "not free in time" : why)
          .append(')');
    }
    return text.toString();
  }

  void requireOpen() throws SQLException {
    if (closed.get()) {
      throw new PoolClosedException("routing '" + config.name() + "' is closed", null);
    }
  }

  boolean isClosed() {
    return closed.get();
  }

  RoutingStats stats() {
    Topology.View view = topology.view();
    long now = clock.getAsLong();
    List<HostStatus> all = new ArrayList<>();
    for (RoutedHost host : hosts) {
      all.add(view.host(host.number).status(host.name(), now));
    }
    Optional<String> primary =
        view.hasPrimary() ? Optional.of(hosts.get(view.primary()).name()) : Optional.empty();
    return new RoutingStats(
        all, primary, topology.failovers(), writes.sum(), reads.sum(), readsOfPrimary.sum());
  }

  /** Closes all pools at the same time, and waits for the end. */
  void close() {
    closed.set(true);
    CompletableFuture.allOf(
            hosts.stream().map(RoutedHost::close).toArray(CompletableFuture<?>[]::new))
        .join();
  }
}
