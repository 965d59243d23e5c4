package dev.sluice.testkit;

import java.time.Duration;

/**
 * What happens to the bytes that flow in one direction through a {@link FaultProxy}.
 *
 * @param latency each packet is delayed by this
 * @param jitter and by up to this more, at random
 * @param bytesPerSecond the bandwidth, 0 for no limit
 * @param slice the most bytes written at once, with 0.1 ms between the pieces; 0 for no limit
 * @param swallow whether the bytes, and the end of the stream, go nowhere
 * @param stall whether nothing is read any more; it goes on, without loss, when this ends
 * @param cutAt after so many bytes the connection is cut, -1 for never
 * @param cut how it is cut
 * @param corruptAt the byte at this offset arrives inverted, -1 for none
 */
public record Toxics(
    Duration latency,
    Duration jitter,
    long bytesPerSecond,
    int slice,
    boolean swallow,
    boolean stall,
    long cutAt,
    Cut cut,
    long corruptAt) {

  /** How a connection ends at {@link #cutAt}. */
  public enum Cut {
    /** Both sides see an orderly end. */
    CLOSE,
    /** Both sides see a reset. */
    RESET,
    /** Nobody sees anything: from then on, both directions are swallowed. */
    BLACK_HOLE
  }

  /** Bytes pass as they come. */
  public static final Toxics NONE =
      new Toxics(Duration.ZERO, Duration.ZERO, 0, 0, false, false, -1, Cut.CLOSE, -1);

  /** With a delay, and up to {@code more} of random delay. */
  public Toxics withLatency(Duration delay, Duration more) {
    return new Toxics(delay, more, bytesPerSecond, slice, swallow, stall, cutAt, cut, corruptAt);
  }

  /** With a bandwidth, in bytes per second. */
  public Toxics withBandwidth(long limit) {
    return new Toxics(latency, jitter, limit, slice, swallow, stall, cutAt, cut, corruptAt);
  }

  /** Cut into pieces of so many bytes. */
  public Toxics withSlice(int bytes) {
    return new Toxics(
        latency, jitter, bytesPerSecond, bytes, swallow, stall, cutAt, cut, corruptAt);
  }

  /** Swallowed, or not any more. */
  public Toxics withSwallow(boolean on) {
    return new Toxics(latency, jitter, bytesPerSecond, slice, on, stall, cutAt, cut, corruptAt);
  }

  /** Stalled, or not any more. */
  public Toxics withStall(boolean on) {
    return new Toxics(latency, jitter, bytesPerSecond, slice, swallow, on, cutAt, cut, corruptAt);
  }

  /** Cut after so many bytes since the connection began. */
  public Toxics withCutAt(long bytes, Cut how) {
    return new Toxics(
        latency, jitter, bytesPerSecond, slice, swallow, stall, bytes, how, corruptAt);
  }

  /** With one byte inverted. */
  public Toxics withCorruptAt(long offset) {
    return new Toxics(latency, jitter, bytesPerSecond, slice, swallow, stall, cutAt, cut, offset);
  }
}
