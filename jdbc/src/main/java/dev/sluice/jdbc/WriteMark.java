package dev.sluice.jdbc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a session has written and its reads must see. Thread-safe; never blocks.
 *
 * <ul>
 *   <li>M1: while a connection that may have written is out, reads go to the primary. Otherwise a
 *       commit whose position is not known yet would be missed.
 *   <li>M2: a connection is settled before its lease ends, and what it wrote is noted before it
 *       counts as settled. So a reader that finds no such connection finds the note.
 *   <li>M3: notes only grow.
 * </ul>
 */
final class WriteMark {
  /** The highest position that a commit has reached. */
  private final AtomicLong position = new AtomicLong(Observation.UNKNOWN);

  /** When the last write ended whose position is not known; null if there is none. */
  private final AtomicReference<@Nullable Long> unproven = new AtomicReference<>();

  /** How many connections that may have written are out. */
  private final AtomicInteger writers = new AtomicInteger();

  /** A connection that may write is about to be lent. */
  void begin() {
    writers.incrementAndGet();
  }

  /** The connection was not lent, or has written nothing. */
  void cancel() {
    writers.decrementAndGet();
  }

  /** The connection has written up to this position, and is about to be returned. */
  void settle(long reached) {
    position.accumulateAndGet(reached, Math::max);
    writers.decrementAndGet();
  }

  /** Like {@link #settle(long)}, if the position is unknown: it had written until now. */
  void settleUnproven(long now) {
    unproven.accumulateAndGet(now, WriteMark::later);
    writers.decrementAndGet();
  }

  private static @Nullable Long later(@Nullable Long one, @Nullable Long other) {
    return one == null || (other != null && other - one > 0) ? other : one;
  }

  /** What a read must see. */
  Need need() {
    if (writers.get() > 0) { // M1
      return Need.PRIMARY;
    }
    return new Need(false, position.get(), unproven.get());
  }

  /** The highest known position; {@link Observation#UNKNOWN} if there is none. */
  long position() {
    return position.get();
  }

  /** Continues from a position that another session has reached. */
  void advanceTo(long reached) {
    position.accumulateAndGet(reached, Math::max);
  }

  /** Whether something was written whose position is unknown. */
  boolean isUnproven() {
    return writers.get() > 0 || unproven.get() != null;
  }

  /**
   * What a read must see.
   *
   * @param primaryOnly whether the primary alone can have it
   * @param position a replica must have replayed this; {@link Observation#UNKNOWN} for nothing
   * @param time a replica must have what was committed before this time; null for nothing
   */
  record Need(boolean primaryOnly, long position, @Nullable Long time) {
    static final Need NONE = new Need(false, Observation.UNKNOWN, null);
    static final Need PRIMARY = new Need(true, Observation.UNKNOWN, null);
  }
}
