package dev.sluice.proxy;

import java.util.Map;
import java.util.TreeMap;

/**
 * Totals and averages of each database, and the line of the log. Averages are those of the last
 * whole {@code stats_period}. Thread-safe.
 */
final class StatsPeriods {
  /** Totals of each database at one moment. */
  private record Moment(long at, Map<String, Tally> totals) {}

  private final ProxyCore core;
  private final TrafficStats console = new TrafficStats();

  private Moment older;
  private Moment newer;

  StatsPeriods(ProxyCore core) {
    this.core = core;
    this.older = new Moment(core.clock.getAsLong(), Map.of());
    this.newer = older;
  }

  /** Counts of the console's own commands. */
  TrafficStats console() {
    return console;
  }

  /** Totals of each database that has been used, in the order of their names. */
  Map<String, Tally> totals() {
    Map<String, Tally> totals = new TreeMap<>();
    for (ServerPool pool : core.pools.shared()) {
      totals.merge(pool.key.database(), Tally.of(pool.stats), Tally::plus);
    }
    totals.put(ConsoleRight.DATABASE, Tally.of(console));
    return totals;
  }

  /** The averages of a database. */
  synchronized Tally averages(String database) {
    Tally before = older.totals.getOrDefault(database, Tally.ZERO);
    Tally after = newer.totals.getOrDefault(database, Tally.ZERO);
    return after.minus(before).averages(newer.at - older.at);
  }

  /** The averages over all databases. */
  synchronized Tally averages() {
    return sum(newer.totals).minus(sum(older.totals)).averages(newer.at - older.at);
  }

  static Tally sum(Map<String, Tally> totals) {
    return totals.values().stream().reduce(Tally.ZERO, Tally::plus);
  }

  /** Ends the period if it is over: takes new totals, and logs them if the settings want that. */
  void tick(long now) {
    if (isOver(now)) {
      Map<String, Tally> totals = totals();
      synchronized (this) {
        older = newer;
        newer = new Moment(now, totals);
      }
      if (core.config().settings().logStats()) {
        core.log.log(line(averages()));
      }
    }
  }

  private synchronized boolean isOver(long now) {
    return now - newer.at >= core.config().settings().statsPeriod().toNanos();
  }

  private static String line(Tally average) {
    return String.format(
        "stats: %d xacts/s, %d queries/s, %d client parses/s, %d server parses/s, %d binds/s,"
            + " in %d B/s, out %d B/s, xact %d us, query %d us, wait %d us",
        average.transactions(),
        average.queries(),
        average.clientParses(),
        average.serverParses(),
        average.binds(),
        average.received(),
        average.sent(),
        average.transactionTime() / 1_000,
        average.queryTime() / 1_000,
        average.waitTime() / 1_000);
  }
}
