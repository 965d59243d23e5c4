package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets running callers barge ahead of the queue, within a limit.
 *
 * <p>A slot that is handed to a parked thread is unused until that thread runs. On busy processors
 * that takes longer than many leases last, and each hand-off parks one more thread. The result is a
 * convoy, in which the queue never drains. So a thread that returns a slot while callers wait
 * offers it: it makes the slot idle, yields once, and then hands the slot to the head of the queue
 * if it is still idle. On a busy machine the yield lets threads run that want a connection, and no
 * thread has to be woken. On an idle machine the yield returns at once, and the head is served. If
 * nobody takes the offers, slots go directly to the head. Only some are still offered, to see
 * whether that has changed.
 *
 * <p>B1: no caller barges ahead of a waiter that has waited for {@link #LIMIT}; such a waiter gets
 * the slot directly. B2: a thread that has offered a slot matches idle slots with waiters before it
 * goes on, so that no slot stays idle while a caller waits ({@link HandOff}, E2). B3: a caller
 * barges only ahead of a head whose priority is not above its own.
 */
final class Barging<R> {
  /** The wait after which nobody may barge ahead of a waiter. */
  static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(10);

  /** After this many offers in a row that nobody took, slots go directly to the head. */
  private static final int UNWANTED_MAX = 8;

  /** While slots go directly to the head, one in this many is still offered. */
  private static final int TRIAL = 8;

  private final Core<R> core;
  private final Retirement<R> retirement;
  private final HandOff<R> handOff;
  private final boolean possible;

  /** How many offers in a row nobody took. A wrong count after a race does no harm. */
  private int unwanted;

  private int handed;

  Barging(Core<R> core, Retirement<R> retirement, HandOff<R> handOff) {
    this.core = core;
    this.retirement = retirement;
    this.handOff = handOff;
    this.possible =
        core.config.fairness() == Fairness.BOUNDED
            && core.config.overload() == null // it judges a queue that is served in order
            && !core.config.validateAfterIdle().isZero(); // nobody could take what was offered
  }

  /** Passes on a slot in transit while callers wait: offers it, or hands it to the head. */
  void passOn(Slot<R> slot, long transit) {
    Waiter<R> head = head();
    if (head == null
        || !mayBeOvertaken(head)
        || head.wantsCheck(slot.checkedAt)
        || !isOfferWorthwhile()) {
      handOff.provide(slot, transit);
      // The woken thread may need this processor. An event loop must not yield for a future.
      if (head != null && head.blocking()) {
        core.platform.yieldThread();
      }
      return;
    }
    retirement.rest(slot, core.signals.now());
    long idle = slot.makeIdle(transit);
    if (idle != Slot.REFUSED) {
      core.platform.yieldThread();
      unwanted = slot.word == idle ? unwanted + 1 : 0;
    }
    handOff.match(); // B2
  }

  /**
   * Whether a caller may take an offer. If all callers are parked and other work wants the
   * processors, each offered slot would be unused for as long as a yield takes.
   */
  private boolean isOfferWorthwhile() {
    return unwanted < UNWANTED_MAX || (++handed & (TRIAL - 1)) == 0;
  }

  /** Takes an idle slot ahead of the queue; null if there is none, or barging is not allowed. */
  @Nullable Slot<R> barge(AcquireOptions options) {
    if (options.validation() == AcquireOptions.Validation.ALWAYS) {
      return null;
    }
    Waiter<R> head = possible ? head() : null;
    return head == null || !mayBeOvertaken(head) || head.options.priority() > options.priority()
        ? null
        : handOff.takeFresh();
  }

  /** The caller to serve next; null if none may be served. */
  private @Nullable Waiter<R> head() {
    return core.signals.serves() ? core.queue.head(core.signals.now()) : null;
  }

  /** False if it has waited too long, or nobody may be overtaken (B1). */
  private boolean mayBeOvertaken(Waiter<R> head) {
    return possible && core.platform.nanoTime() - head.since < LIMIT;
  }
}
