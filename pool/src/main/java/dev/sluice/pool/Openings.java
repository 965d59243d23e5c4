package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Opens resources, and takes in those that were opened elsewhere. Each belongs to a slot that is
 * OPENING under one word; {@link ResourceWork} has the rules for work on slots.
 */
final class Openings<R> {
  private final Core<R> core;
  private final Retirement<R> retirement;
  private final Outcomes<R> outcomes;
  private final ResourceWork<R> work;
  private final AtomicLong ids = new AtomicLong();

  Openings(Core<R> core, Retirement<R> retirement, Outcomes<R> outcomes, ResourceWork<R> work) {
    this.core = core;
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.work = work;
  }

  private final class Opening extends SlotTask<R> {
    Opening(Slot<R> slot, long word) {
      super(slot, word);
    }

    @Override
    public void run() {
      openNow(slot, word);
    }

    @Override
    void refused() {
      failed(slot, word, new IllegalStateException("no thread was available to open it"));
    }
  }

  private long now() {
    return core.platform.nanoTime();
  }

  /** Opens a resource into a slot that the caller moved to OPENING. */
  void open(Slot<R> slot) {
    long opening = slot.openingUnder;
    if (opening != 0) { // else it was taken back before this thread came here
      work.submission.submit(new Opening(slot, opening), core.config.openTimeout(), null);
    }
  }

  private void openNow(Slot<R> slot, long word) {
    if (slot.word != word) {
      return; // given up before it began
    }
    long start = now();
    // Read before opening: if the epoch rises meanwhile, the resource may belong to either.
    int epoch = core.signals.epoch();
    int birthEpoch = core.signals.birthEpoch();
    Tracing.Open event = null;
    R resource;
    try {
      event = Tracing.beginOpen();
      resource =
          Objects.requireNonNull(
              core.factory.open(core.config.openTimeout()), "open() returned null");
    } catch (Throwable e) {
      try {
        Tracing.endOpen(event, core.config.name(), 0, Texts.of(e));
      } finally {
        failed(slot, word, e);
      }
      return;
    }
    try {
      settle(slot, word, resource, epoch, birthEpoch, event, start);
    } catch (Throwable e) {
      if (!isIn(slot, resource)) { // nobody else knows of it
        closeLate(resource);
      }
      failed(slot, word, e);
      throw e;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very resource
  private static <R> boolean isIn(Slot<R> slot, R resource) {
    return slot.resource == resource;
  }

  /** Puts a new resource into its slot and provides it; or closes it if the open was abandoned. */
  private void settle(
      Slot<R> slot,
      long word,
      R resource,
      int epoch,
      int birthEpoch,
      Tracing.@Nullable Open event,
      long start) {
    long took = now() - start;
    long transit = place(slot, word, resource, epoch, birthEpoch);
    if (transit == Slot.REFUSED) {
      closeLate(resource);
      return;
    }
    try {
      Tracing.endOpen(event, core.config.name(), slot.id, "");
      core.counters.openTime.record(took);
      tellOpened(slot.id, took);
    } finally {
      provideIfWanted(slot, transit);
      // Not earlier: until now its waiter counts as one that needs another open.
      outcomes.opened(slot, word, took);
    }
  }

  /**
   * Puts a resource that was opened elsewhere into a slot that the caller moved to OPENING, and
   * provides it. False if the slot was taken from the caller, who then still has the resource.
   */
  boolean takeIn(Slot<R> slot, long word, R resource) {
    long transit = place(slot, word, resource, core.signals.epoch(), core.signals.birthEpoch());
    if (transit == Slot.REFUSED) {
      return false;
    }
    try {
      tellOpened(slot.id, 0);
    } finally {
      provideIfWanted(slot, transit);
    }
    return true;
  }

  /**
   * Puts a resource into its slot. Returns the word of the slot in transit, or {@link Slot#REFUSED}
   * if the slot was taken from the caller, who then still has the resource.
   */
  private long place(Slot<R> slot, long word, R resource, int epoch, int birthEpoch) {
    long transit = slot.endOpening(word);
    if (transit == Slot.REFUSED || !slot.put(resource)) {
      return Slot.REFUSED;
    }
    begin(slot, epoch, birthEpoch);
    return transit;
  }

  private void tellOpened(long id, long took) {
    core.counters.opened.increment();
    if (core.listener.present()) {
      core.listener.tell(l -> l.opened(id, Duration.ofNanos(took)));
    }
  }

  /** Provides the slot, unless the pool was closed, refreshed or made smaller meanwhile. */
  private void provideIfWanted(Slot<R> slot, long transit) {
    CloseReason reason = retirement.reason(slot, core.signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
    } else {
      outcomes.ready(slot, transit);
    }
  }

  /** Sets the initial fields of a new resource. Its slot is in transit. */
  private void begin(Slot<R> slot, int epoch, int birthEpoch) {
    long now = now();
    core.signals.advance(now);
    slot.id = ids.incrementAndGet();
    slot.bornIn = birthEpoch;
    slot.epoch = epoch;
    slot.bornAt = now;
    slot.checkedAt = now;
    slot.idleSince = now;
    slot.sampledAt = 0;
    retirement.begin(slot, now);
  }

  private void failed(Slot<R> slot, long word, Throwable failure) {
    if (core.slots.vacate(slot, word)) {
      outcomes.openFailed(slot, word, failure);
    }
    ResourceWork.fatal(failure);
  }

  /** Closes a resource whose open was abandoned and then succeeded: it has no slot any more. */
  private void closeLate(R resource) {
    Thread.interrupted(); // that it was given up is no reason to fail at closing
    try {
      core.factory.close(resource);
    } catch (Throwable e) {
      core.listener.tell(l -> l.backgroundError("close a late resource", e));
    }
  }
}
