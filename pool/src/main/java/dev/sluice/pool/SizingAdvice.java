package dev.sluice.pool;

import java.time.Duration;

/**
 * Advice on the size of a pool, from what it measured over a period of at least 5 s and 1,000
 * leases with one size.
 *
 * @param size {@code maxSize} now; a pool's overflow is not part of it, and is taken to stay
 * @param advisedSize the {@code maxSize} to set; that of now if it should stay
 * @param trial whether the advised size is a trial: no one knows yet what it does. Set it, and ask
 *     again after 1,000 leases
 * @param limit what limits the throughput now
 * @param confidence how sure it is
 * @param throughput leases per second in the period
 * @param expectedThroughput leases per second to expect from the advised size; of a trial, the
 *     throughput now
 * @param busy how many resources were out on average: throughput × time of use, by Little's law
 * @param waiting how many callers waited on average
 * @param useTime how long a lease lasted on average
 * @param waitTime how long a caller waited on average, those that did not wait included
 * @param leases how many leases began in the period
 * @param period how long it was
 * @param sizesKnown for how many sizes the pool knows what they can do
 * @param text the advice in a sentence or two, with the figures
 */
public record SizingAdvice(
    int size,
    int advisedSize,
    boolean trial,
    Limit limit,
    Confidence confidence,
    double throughput,
    double expectedThroughput,
    double busy,
    double waiting,
    Duration useTime,
    Duration waitTime,
    long leases,
    Duration period,
    int sizesKnown,
    String text) {

  /** What keeps the throughput from being higher. */
  public enum Limit {
    /** Too little is known: too few leases, or all resources are out and no other size was seen. */
    UNKNOWN,
    /** The callers: they do not ask for more. */
    CALLERS,
    /** The pool's size. */
    POOL,
    /** The other side: with more at once it does no more, or less. */
    SERVER
  }

  /** How sure the advice is. */
  public enum Confidence {
    /** There is none: fewer than 1,000 leases were measured with this size. */
    NONE,
    /** A trial, or a load that was watched for less than a minute. */
    LOW,
    /** Two sizes or more were compared, or a load was watched for a minute. */
    MEDIUM,
    /** As MEDIUM, from 10,000 leases of each size or an hour. */
    HIGH
  }

  /** How much more throughput to expect, as a part of that of now: 0.1 is a tenth more. */
  public double gain() {
    return throughput == 0 ? 0 : expectedThroughput / throughput - 1;
  }

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
