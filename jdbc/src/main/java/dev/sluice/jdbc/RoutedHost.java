package dev.sluice.jdbc;

import dev.sluice.pool.RefreshCheck;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A host: its pool, and the checks of it. Thread-safe. */
final class RoutedHost {
  /** The shortest time between two checks that borrowers cause. */
  private static final long HURRY_PAUSE_NANOS = 50_000_000;

  final int number;
  final SluiceDataSource pool;
  private final SluiceDataSource checks;
  private final HostCheck check;
  private final Duration interval;
  private final LongSupplier clock;
  private final AtomicLong hurriedAt;

  RoutedHost(int number, RoutingConfig config, LongSupplier clock) {
    RoutingConfig.Host host = config.hosts().get(number);
    this.number = number;
    this.clock = clock;
    this.interval = config.checkInterval();
    this.hurriedAt = new AtomicLong(clock.getAsLong() - HURRY_PAUSE_NANOS);
    SluiceConfig lazy = startingLater(host.pool());
    this.pool =
        SluiceDataSource.create(host.isDeclaredPrimary() ? forWrites(lazy) : forReads(lazy));
    this.checks = SluiceDataSource.create(ofChecks(host.pool(), config));
    this.check = new HostCheck(checks, config.checkTimeout(), host.isDeclaredPrimary(), clock);
  }

  private static SluiceConfig startingLater(SluiceConfig config) {
    return config.pool().startPolicy() == StartPolicy.FAIL_FAST
        ? config.toBuilder().startPolicy(StartPolicy.LAZY).toConfig()
        : config;
  }

  private static SluiceConfig forWrites(SluiceConfig config) {
    return writing(config.toBuilder()).toConfig();
  }

  private static SluiceConfig forReads(SluiceConfig config) {
    return reading(config.toBuilder()).toConfig();
  }

  private static SluiceBuilder writing(SluiceBuilder builder) {
    return builder.readOnly(null).requiredRole(SluiceConfig.Role.PRIMARY);
  }

  private static SluiceBuilder reading(SluiceBuilder builder) {
    return builder.readOnly(true).requiredRole(SluiceConfig.Role.ANY);
  }

  /** One connection for the checks, with the host's login and nothing else of its options. */
  private static SluiceConfig ofChecks(SluiceConfig host, RoutingConfig config) {
    SluiceBuilder builder = new SluiceBuilder();
    JdbcValues login = host.toBuilder().values;
    builder.values.url = login.url;
    builder.values.dataSource = login.dataSource;
    builder.values.user = login.user;
    builder.values.password = login.password;
    builder.values.driverProperties = login.driverProperties;
    builder.values.driverClassName = login.driverClassName;
    builder.values.credentials = login.credentials;
    return builder
        .name(host.pool().name() + "-check")
        .minSize(0)
        .maxSize(1)
        .acquireTimeout(config.checkTimeout())
        .openTimeout(config.checkTimeout())
        .backoffMin(Duration.ofMillis(10))
        .backoffMax(Duration.ofMillis(100))
        .drainTimeout(Duration.ZERO)
        .expectedInstances(0)
        .classLoader(host.pool().classLoader())
        .toConfig();
  }

  String name() {
    return pool.name();
  }

  /** Makes later leases those of a primary. */
  void prepareForWrites() {
    boolean isPrepared = pool.config().requiredRole() == SluiceConfig.Role.PRIMARY;
    if (isPrepared) {
      pool.refresh();
    } else {
      pool.reconfigure(RoutedHost::writing);
    }
  }

  /** Makes later leases read-only. */
  void prepareForReads() {
    if (!Boolean.TRUE.equals(pool.config().readOnly())) {
      pool.reconfigure(RoutedHost::reading);
    }
  }

  /** Whether the pool's connections are read-only from the start. */
  boolean isReadOnly() {
    return Boolean.TRUE.equals(pool.config().readOnly());
  }

  /** Starts the checks, the first one at once. */
  void start(Topology topology) {
    checks.refreshWhen(() -> check.runIfDue(number, topology), interval);
  }

  /** Makes a check run now, unless one was made to run a moment ago. */
  void hurry(Topology topology) {
    long now = clock.getAsLong();
    long last = hurriedAt.get();
    if (now - last >= HURRY_PAUSE_NANOS && hurriedAt.compareAndSet(last, now)) {
      checks.refreshWhen(new FirstAtOnce(topology), interval);
    }
  }

  /** Whose first run is due whatever the topology says. */
  private final class FirstAtOnce implements RefreshCheck {
    private final Topology topology;
    private boolean hasRun;

    FirstAtOnce(Topology topology) {
      this.topology = topology;
    }

    @Override
    public boolean isDue() {
      if (hasRun) {
        return check.runIfDue(number, topology);
      }
      hasRun = true;
      return check.run(number, topology);
    }
  }

  /** Begins to close; completes at the end. */
  CompletableFuture<?> close() {
    return CompletableFuture.allOf(
        checks.closeAsync(Duration.ZERO).toCompletableFuture(),
        pool.closeAsync(pool.config().pool().drainTimeout()).toCompletableFuture());
  }

  @Override
  public String toString() {
    return pool.toString();
  }
}
