package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is out: who has it, for how long, and what they do with it.
 *
 * @param id the resource's number in this pool, never used twice
 * @param use which lease of that resource it is, counted from 1: with {@code id}, the lease's own
 *     name
 * @param tag what the borrower calls its errand ({@link AcquireOptions#tag}), empty if nothing
 * @param thread the name of the thread that acquired it; of an asynchronous lease, a text with the
 *     name of the thread that asked for it, since nobody knows which one uses it
 * @param threadAlive whether that thread still runs; true of an asynchronous lease
 * @param held how long it is held, to the coarse clock's tick
 * @param doing what the borrower last did with it, as {@link ResourceFactory#describe} tells
 * @param acquiredAt the stack of the acquisition if it was sampled, else empty
 * @param stack the holder's stack at this moment, empty if it could not be had or was not asked
 *     for, and of an asynchronous lease
 */
public record LeaseInfo(
    long id,
    long use,
    String tag,
    @Nullable String thread,
    boolean threadAlive,
    Duration held,
    String doing,
    List<StackTraceElement> acquiredAt,
    List<StackTraceElement> stack) {

  /** Copies the lists. */
  public LeaseInfo {
    acquiredAt = List.copyOf(acquiredAt);
    stack = List.copyOf(stack);
  }
}
