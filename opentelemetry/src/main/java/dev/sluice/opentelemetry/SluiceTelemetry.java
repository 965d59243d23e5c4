package dev.sluice.opentelemetry;

import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one pool by OpenTelemetry's semantic conventions for database clients: {@code
 * db.client.connection.*}, with the pool's name as the attribute {@code
 * db.client.connection.pool.name}. Thread-safe.
 *
 * <p>It has two parts. As a listener of the pool it records the three histograms, at the price that
 * a listener has. {@link #observe} adds the counts, which borrowers do not notice:
 *
 * <pre>{@code
 * SluiceTelemetry telemetry = SluiceTelemetry.of(openTelemetry, "orders");
 * SluiceDataSource ds = Sluice.dataSource(url).name("orders").listener(telemetry).build();
 * telemetry.observe(ds::stats);
 * }</pre>
 *
 * <p>With the Java agent, pass {@code GlobalOpenTelemetry.get()}. The conventions call these
 * metrics experimental, so a later version may rename them.
 */
public final class SluiceTelemetry implements PoolListener, AutoCloseable {
  private static final String SCOPE = "dev.sluice";
  private static final String PREFIX = "db.client.connection.";
  private static final AttributeKey<String> POOL = AttributeKey.stringKey(PREFIX + "pool.name");
  private static final AttributeKey<String> STATE = AttributeKey.stringKey(PREFIX + "state");

  /** From a millisecond to ten seconds: the SDK's own bounds mean milliseconds. */
  private static final List<Double> SECONDS =
      List.of(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0);

  private final Tracer tracer;
  private volatile @Nullable Duration spansFrom;
  private final Meter meter;
  private final Attributes pool;
  private final Attributes idle;
  private final Attributes used;
  private final DoubleHistogram waitTime;
  private final DoubleHistogram useTime;
  private final DoubleHistogram createTime;
  private final AtomicReference<@Nullable BatchCallback> observation = new AtomicReference<>();

  private SluiceTelemetry(OpenTelemetry openTelemetry, String poolName) {
    this.tracer = openTelemetry.getTracer(SCOPE);
    this.meter = openTelemetry.getMeter(SCOPE);
    this.pool = Attributes.of(POOL, Objects.requireNonNull(poolName, "poolName"));
    this.idle = pool.toBuilder().put(STATE, "idle").build();
    this.used = pool.toBuilder().put(STATE, "used").build();
    this.waitTime = histogram("wait_time", "The time it took to obtain an open connection");
    this.useTime = histogram("use_time", "The time between borrowing and returning a connection");
    this.createTime = histogram("create_time", "The time it took to create a new connection");
  }

  /**
   * Telemetry for a pool that is about to be built.
   *
   * @param poolName the pool's name, which should be unique in the application
   */
  public static SluiceTelemetry of(OpenTelemetry openTelemetry, String poolName) {
    return new SluiceTelemetry(openTelemetry, poolName);
  }

  /**
   * Also records spans, with the attribute of the pool's name: {@code sluice.acquire}, a child of
   * the span in which its borrower asked, for each acquisition that had to wait for at least this
   * long; and {@code sluice.connect} for each connection that was opened, without a parent, since
   * it belongs to nobody.
   *
   * @param atLeast zero or more; zero for acquisitions that did not wait, too
   * @return this
   */
  public SluiceTelemetry withSpans(Duration atLeast) {
    spansFrom = Objects.requireNonNull(atLeast, "atLeast");
    return this;
  }

  private void span(String name, Context parent, Duration took) {
    Instant end = Instant.now();
    tracer
        .spanBuilder(name)
        .setParent(parent)
        .setAllAttributes(pool)
        .setStartTimestamp(end.minus(took))
        .startSpan()
        .end(end);
  }

  private DoubleHistogram histogram(String name, String about) {
    return meter
        .histogramBuilder(PREFIX + name)
        .setUnit("s")
        .setDescription(about)
        .setExplicitBucketBoundariesAdvice(SECONDS)
        .build();
  }

  /**
   * Adds the counts: connections by state, the limits, pending requests and timeouts. A second call
   * replaces the first.
   *
   * @param stats reads the pool's figures, for example {@code ds::stats}; called once at each
   *     collection
   */
  public void observe(Supplier<PoolStats> stats) {
    Objects.requireNonNull(stats, "stats");
    ObservableLongMeasurement count = upDown("count", "{connection}");
    ObservableLongMeasurement max = upDown("max", "{connection}");
    ObservableLongMeasurement idleMin = upDown("idle.min", "{connection}");
    ObservableLongMeasurement pending = upDown("pending_requests", "{request}");
    ObservableLongMeasurement timeouts =
        meter.counterBuilder(PREFIX + "timeouts").setUnit("{timeout}").buildObserver();
    replace(
        meter.batchCallback(
            () -> {
              PoolStats now = stats.get();
              count.record(now.idle(), idle);
              count.record((long) now.active() + now.checking(), used);
              max.record(now.maxSize(), pool);
              idleMin.record(now.minSize(), pool);
              pending.record(now.waiting(), pool);
              timeouts.record(now.timedOut(), pool);
            },
            count,
            max,
            idleMin,
            pending,
            timeouts));
  }

  private void replace(@Nullable BatchCallback next) {
    BatchCallback before = observation.getAndSet(next);
    if (before != null) {
      before.close();
    }
  }

  private ObservableLongMeasurement upDown(String name, String unit) {
    return meter.upDownCounterBuilder(PREFIX + name).setUnit(unit).buildObserver();
  }

  @Override
  public void opened(long id, Duration took) {
    createTime.record(seconds(took), pool);
    if (spansFrom != null) {
      span("sluice.connect", Context.root(), took);
    }
  }

  @Override
  public void acquired(long id, long use, Duration waited) {
    waitTime.record(seconds(waited), pool);
    Duration from = spansFrom;
    if (from != null && waited.compareTo(from) >= 0) {
      span("sluice.acquire", Context.current(), waited); // on the borrower's own thread
    }
  }

  @Override
  public void released(long id, long use, Duration held) {
    useTime.record(seconds(held), pool);
  }

  /** Removes the counts; the histograms end with the pool. */
  @Override
  public void close() {
    replace(null);
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
