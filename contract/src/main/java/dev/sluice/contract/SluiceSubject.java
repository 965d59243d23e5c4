package dev.sluice.contract;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolOptions;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.StartPolicy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Sluice. */
public final class SluiceSubject implements Subject {
  private static final Duration DRAIN = Duration.ofMillis(300);
  private static final AtomicInteger NAMES = new AtomicInteger();

  @Override
  public PoolUnderTest open(Settings settings) {
    return new Running(builder(settings).build());
  }

  /** A builder with those settings, and a drain timeout of 300 ms. */
  public static SluiceBuilder builder(Settings settings) {
    SluiceBuilder builder =
        Sluice.dataSource(settings.url())
            .name("contract-" + NAMES.incrementAndGet())
            .driverClassName(settings.driverClass())
            .user(settings.user())
            .password(settings.password());
    return configured(builder, settings);
  }

  /** Sets what is the same for every kind of pool of ours, and a drain timeout of 300 ms. */
  static <B extends PoolOptions<B>> B configured(B builder, Settings settings) {
    builder
        .minSize(settings.minSize())
        .maxSize(settings.maxSize())
        .acquireTimeout(settings.acquireTimeout())
        .maxConcurrentOpens(settings.maxConcurrentOpens())
        .drainTimeout(DRAIN);
    if (settings.minSize() > 0) {
      builder.startPolicy(StartPolicy.BACKGROUND);
    }
    if (settings.checkOnAcquire()) {
      builder.validateAfterIdle(Duration.ZERO);
    }
    durations(builder, settings);
    return builder;
  }

  private static <B extends PoolOptions<B>> void durations(B builder, Settings settings) {
    Duration call = settings.callTimeout();
    if (!call.isZero()) {
      builder.openTimeout(call).validationTimeout(call).resetTimeout(call).closeTimeout(call);
    }
    if (!settings.idleTimeout().isZero()) {
      builder.idleTimeout(settings.idleTimeout());
    }
    if (!settings.maxLifetime().isZero()) {
      builder.maxLifetime(settings.maxLifetime());
    }
    if (!settings.upkeepInterval().isZero()) {
      builder.healthCheckInterval(settings.upkeepInterval());
    }
  }

  /** A data source of ours. */
  private record Running(SluiceDataSource ours) implements PoolUnderTest {
    @Override
    public DataSource dataSource() {
      return ours;
    }

    @Override
    public CompletableFuture<Connection> acquireAsync() {
      return ours.getConnectionAsync();
    }

    @Override
    public OptionalInt waiting() {
      return OptionalInt.of(ours.stats().waiting());
    }

    @Override
    public Optional<String> contradiction() {
      PoolStats stats = ours.stats();
      int sum =
          stats.active() + stats.idle() + stats.opening() + stats.checking() + stats.closing();
      if (sum > stats.maxSize()) {
        return Optional.of("the sizes add up to " + sum + ": " + stats);
      }
      if (stats.idle() > 0 && stats.waiting() > 0) {
        return Optional.of("somebody waits beside an idle connection: " + stats);
      }
      return Optional.empty();
    }

    @Override
    public void close() {
      ours.close();
    }
  }
}
