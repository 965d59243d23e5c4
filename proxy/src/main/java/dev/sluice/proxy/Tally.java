package dev.sluice.proxy;

/** Counts of {@link TrafficStats} at one moment. Times are in nanoseconds. */
record Tally(
    long assignments,
    long transactions,
    long queries,
    long received,
    long sent,
    long transactionTime,
    long queryTime,
    long waitTime,
    long clientParses,
    long serverParses,
    long binds,
    long logins) {
  static final Tally ZERO = new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** What has been counted until now. */
  static Tally of(TrafficStats stats) {
    return new Tally(
        stats.assignments.sum(),
        stats.transactions.sum(),
        stats.queries.sum(),
        stats.received.sum(),
        stats.sent.sum(),
        stats.transactionTime.sum(),
        stats.queryTime.sum(),
        stats.waitTime.sum(),
        stats.clientParses.sum(),
        stats.serverParses.sum(),
        stats.binds.sum(),
        stats.logins.sum());
  }

  Tally plus(Tally more) {
    return combine(more, 1);
  }

  Tally minus(Tally less) {
    return combine(less, -1);
  }

  private Tally combine(Tally other, int sign) {
    return new Tally(
        assignments + sign * other.assignments,
        transactions + sign * other.transactions,
        queries + sign * other.queries,
        received + sign * other.received,
        sent + sign * other.sent,
        transactionTime + sign * other.transactionTime,
        queryTime + sign * other.queryTime,
        waitTime + sign * other.waitTime,
        clientParses + sign * other.clientParses,
        serverParses + sign * other.serverParses,
        binds + sign * other.binds,
        logins + sign * other.logins);
  }

  /**
   * The averages over a period: counts and bytes per second, times per transaction, query and
   * assignment.
   */
  Tally averages(long nanos) {
    return nanos <= 0
        ? ZERO
        : new Tally(
            rate(assignments, nanos),
            rate(transactions, nanos),
            rate(queries, nanos),
            rate(received, nanos),
            rate(sent, nanos),
            each(transactionTime, transactions),
            each(queryTime, queries),
            each(waitTime, assignments),
            rate(clientParses, nanos),
            rate(serverParses, nanos),
            rate(binds, nanos),
            rate(logins, nanos));
  }

  private static long rate(long count, long nanos) {
    return (long) (count * 1e9 / nanos);
  }

  private static long each(long time, long count) {
    return count == 0 ? 0 : time / count;
  }

  /** The values in the order of the console's columns, times in microseconds. */
  long[] columns() {
    return new long[] {
      assignments,
      transactions,
      queries,
      received,
      sent,
      transactionTime / 1_000,
      queryTime / 1_000,
      waitTime / 1_000,
      clientParses,
      serverParses,
      binds,
      logins
    };
  }
}
