package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets running callers barge ahead of the queue, within a limit.
 *
 * <p>A slot that is handed to a parked thread rests until that thread is on a processor. Where the
 * processors are busy, that rest is longer than many a lease, and each hand-off parks one more
 * thread: a convoy, in which the queue never drains. So a thread that returns a slot while somebody
 * waits offers it: it makes the slot idle, yields once, and then gives to the head of the queue
 * what is still idle. On a busy machine the yield lets threads run that want a connection, and
 * nobody has to be woken. On an idle machine the yield returns at once, and the head is served.
 * Where nobody takes what is offered, slots are handed to the head, and only some are still offered
 * to see whether that has changed.
 *
 * <p>B1: no caller barges ahead of a waiter that has waited for {@link #LIMIT}: its slot is handed
 * to it. B2: a thread that has offered a slot brings idle slots and waiters together before it goes
 * on, so that no idle slot stays beside a waiter ({@link HandOff}, E2). B3: a caller barges only
 * ahead of a head whose priority is not above its own.
 */
final class Barging<R> {
  /** How long others may barge ahead of a waiter. */
  static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(10);

  /** After so many offers in a row that nobody took, slots are handed to the head. */
  private static final int UNWANTED_MAX = 8;

  /** Of those that are handed to the head one in so many is offered, to see if that has changed. */
  private static final int TRIAL = 8;

  private final Core<R> core;
  private final Retirement<R> retirement;
  private final HandOff<R> handOff;
  private final boolean possible;

  /** How many offers in a row nobody took; a wrong count under a race does no harm. */
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

  /** Passes a slot in transit on while others wait: offers it, or hands it to the head. */
  void passOn(Slot<R> slot, long transit) {
    boolean wanted = core.signals.serves();
    Waiter<R> head = headWithinLimit();
    if (head == null || head.wantsCheck(slot.checkedAt) || !isOfferWorthwhile()) {
      handOff.provide(slot, transit);
      if (wanted) { // the woken thread may need this processor
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
   * Whether an offer may find a taker. Where all callers are parked and other work wants the
   * processors, an offered slot would rest for as long as a yield takes, each time.
   */
  private boolean isOfferWorthwhile() {
    return unwanted < UNWANTED_MAX || (++handed & (TRIAL - 1)) == 0;
  }

  /** Takes an idle slot ahead of the queue; null if there is none, or barging is not allowed. */
  @Nullable Slot<R> barge(AcquireOptions options) {
    if (options.validation() == AcquireOptions.Validation.ALWAYS) {
      return null;
    }
    Waiter<R> head = headWithinLimit();
    return head == null || head.options.priority() > options.priority()
        ? null
        : handOff.takeFresh();
  }

  /** The head of the queue, if it has not waited for too long to be overtaken (B1). */
  private @Nullable Waiter<R> headWithinLimit() {
    if (!possible || !core.signals.serves()) {
      return null;
    }
    Waiter<R> head = core.queue.head(core.signals.now());
    return head != null && core.platform.nanoTime() - head.since < LIMIT ? head : null;
  }
}
