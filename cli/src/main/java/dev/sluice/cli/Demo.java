package dev.sluice.cli;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a crowd on one place after another, and keeps the screen up to date meanwhile. */
final class Demo {

  /** A place where connections come from, and what can be seen of it. */
  interface Place extends Crowd.Source, AutoCloseable {
    String label();

    Gauge gauge();

    /** What the connections come from, as a sentence about its end begins. */
    default String source() {
      return "The database";
    }

    /** Lets nobody begin any more, if beginning takes long. */
    void end();

    @Override
    void close();
  }

  /**
   * What can be counted at one moment.
   *
   * @param active connections in use, or being opened for a use
   * @param idle connections at rest, -1 where there is no such thing
   * @param waiting callers that wait
   * @param opened connections opened so far
   */
  record Gauge(int active, int idle, int waiting, long opened) {}

  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final Duration CANCELLED_END_LIMIT = Duration.ofSeconds(2);

  /** If nothing but failures has come for so long, the database has gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Screen screen;
  private final Workload workload;
  private final int callers;
  private final Callers threads;
  private final CountDownLatch cancelled;
  private final List<Row> rows = new ArrayList<>();

  Demo(Screen screen, Workload workload, int callers, Callers threads, CountDownLatch cancelled) {
    this.screen = screen;
    this.workload = workload;
    this.callers = callers;
    this.threads = threads;
    this.cancelled = cancelled;
  }

  /** Runs the crowd for so long, or until the demo is cancelled. */
  Result run(Place place, Duration time) throws InterruptedException {
    Crowd crowd = new Crowd(callers, place, workload);
    long begin = System.nanoTime();
    crowd.start(threads);
    try {
      watch(crowd, place, begin, time);
    } finally {
      crowd.stop();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    Gauge last = place.gauge();
    place.end();
    crowd.awaitEnd(isCancelled() ? CANCELLED_END_LIMIT : END_LIMIT);
    return settle(crowd, place, last, seconds);
  }

  private void watch(Crowd crowd, Place place, long begin, Duration time)
      throws InterruptedException {
    Watch watch = new Watch(crowd.meter(), begin);
    long end = begin + time.toNanos();
    for (long now = begin; now - end < 0; now = System.nanoTime()) {
      long pause = Math.min(screen.pace().toNanos(), end - now);
      if (cancelled.await(pause, TimeUnit.NANOSECONDS)) {
        return;
      }
      show(row(crowd.meter(), place.label(), place.gauge(), watch.perSecond()));
      watch.requireLife(place);
    }
  }

  private Result settle(Crowd crowd, Place place, Gauge last, double seconds) {
    Meter meter = crowd.meter();
    Gauge end = place.gauge();
    Gauge gauge = new Gauge(last.active(), last.idle(), last.waiting(), end.opened());
    Row row = row(meter, place.label(), gauge, meter.operations() / seconds);
    rows.add(row);
    if (!isCancelled()) {
      screen.settle(List.copyOf(rows));
    }
    return new Result(row, meter.operations(), meter.failures(), crowd.turns(), crowd.served());
  }

  private boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  private void show(Row row) {
    List<Row> all = new ArrayList<>(rows);
    all.add(row);
    screen.show(all);
  }

  private static Row row(Meter meter, String label, Gauge gauge, double perSecond) {
    return new Row(
        label,
        gauge.active(),
        gauge.idle(),
        gauge.waiting(),
        perSecond,
        meter.quantile(0.5),
        meter.quantile(0.99),
        meter.longest(),
        gauge.opened());
  }

  /** Follows a meter from one look to the next. */
  private static final class Watch {
    private final Meter meter;
    private long at;
    private long operations;
    private long alive;

    Watch(Meter meter, long begin) {
      this.meter = meter;
      this.at = begin;
      this.alive = begin;
    }

    /** Since the last look. */
    double perSecond() {
      long now = System.nanoTime();
      long total = meter.operations();
      double rate = (total - operations) * 1e9 / Math.max(1, now - at);
      if (total > operations) {
        alive = now;
      }
      operations = total;
      at = now;
      return rate;
    }

    void requireLife(Place place) {
      if (meter.failures() > 0 && at - alive > PATIENCE.toNanos()) {
        SQLException last = Objects.requireNonNull(meter.lastFailure());
        throw new CommandFailure(place.source() + " is gone: " + Sentence.said(last) + ".", last);
      }
    }
  }
}
