package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A current lease: who has it, for how long, and what the borrower does with it.
 *
 * @param id the resource's number in this pool, never used twice
 * @param use counts the leases of that resource from 1; together with {@code id} it identifies the
 *     lease
 * @param tag the borrower's name for its work ({@link AcquireOptions#tag}), empty if none
 * @param thread the name of the thread that acquired it; for an asynchronous lease, a text with the
 *     name of the thread that asked for it, because the pool does not know which thread uses it
 * @param threadAlive whether that thread still runs; true for an asynchronous lease
 * @param held how long it has been held, to the precision of the coarse clock
 * @param doing what the borrower last did with it, as {@link ResourceFactory#describe} reports
 * @param acquiredAt the stack of the acquisition if it was sampled, otherwise empty
 * @param stack the holder's current stack; empty if it was not available or not requested, and for
 *     an asynchronous lease
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
