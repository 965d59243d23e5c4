package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a resource must go, and why: its lifetime, its uses, its epoch, or a smaller pool.
 */
final class Retirement<R> {
  /**
   * How long a new, unused resource may be idle although there are too many, so that a caller that
   * did not want to wait for it can find it.
   */
  private static final long UNUSED_MAY_REST = TimeUnit.SECONDS.toNanos(1);

  private final Core<R> core;
  private final Signals signals;
  private final long idleTimeout;
  private final long validateAfterIdle;
  private final int maxIdle;
  private final boolean limitsRest;

  /** Whether the epoch was raised since the housekeeping last asked. */
  private volatile boolean epochRaised;

  Retirement(Core<R> core) {
    this.core = core;
    this.signals = core.signals;
    this.idleTimeout = Durations.nanosOrForever(core.config.idleTimeout(), Durations.NEVER);
    this.validateAfterIdle =
        Durations.nanosOrForever(core.config.validateAfterIdle(), Long.MIN_VALUE);
    this.maxIdle = core.config.maxIdle();
    this.limitsRest =
        maxIdle < PoolConfig.MAX_SIZE_LIMIT
            || core.config.maxOverflow() > 0
            || core.config.reserveSize() > 0;
  }

  /** Why the resource must not be lent again; null if it may be. The caller owns the slot. */
  @Nullable CloseReason reason(Slot<R> slot, long now) {
    if (signals.closed()) {
      return CloseReason.POOL_CLOSED;
    }
    if (slot.bornIn - signals.replaceBefore() < 0) {
      return CloseReason.EPOCH;
    }
    if (slot.leases >= slot.lastLease) {
      return CloseReason.MAX_USES;
    }
    if (now < slot.retireAt) {
      return core.slots.staying() > core.slots.limit() ? CloseReason.SURPLUS : null;
    }
    CloseReason doom = slot.doom;
    return doom != null ? doom : CloseReason.LIFETIME;
  }

  /** As {@link #reason}, for a resource that was returned, or checked. */
  @Nullable CloseReason reasonOnReturn(Slot<R> slot, long now) {
    CloseReason reason = reason(slot, now);
    boolean givenUp = core.share.payOne(); // whatever the reason is, one goes
    return reason == null && givenUp ? CloseReason.GROUP : reason;
  }

  /** Like {@link #reason}, for an idle resource. */
  @Nullable CloseReason reasonWhileIdle(Slot<R> slot, long now) {
    CloseReason reason = reason(slot, now);
    if (reason != null) {
      return reason;
    }
    if (limitsRest && (slot.uses() > 0 || now - slot.idleSince > UNUSED_MAY_REST)) {
      CloseReason excess = excess(0);
      if (excess != null) {
        return excess;
      }
    }
    boolean rested = now - slot.idleSince > idleTimeout;
    return rested && core.slots.staying() > core.slots.kept() ? CloseReason.IDLE : null;
  }

  /** Whether more resources may be lent than may be idle. */
  boolean limitsRest() {
    return limitsRest;
  }

  /**
   * Why a resource for which nobody waits must be closed instead of becoming idle; null if it may
   * become idle. The caller owns the slot. A resource that nobody has used yet may be idle for a
   * while.
   */
  @Nullable CloseReason excessAtRest(Slot<R> slot) {
    return limitsRest && slot.uses() > 0 ? excess(1) : null;
  }

  /** Why this many more idle resources would be too many; null if they would not. */
  private @Nullable CloseReason excess(int more) {
    if (core.slots.staying() > core.slots.base()) {
      return CloseReason.OVERFLOW;
    }
    return core.slots.count(Slot.IDLE) + more > maxIdle ? CloseReason.MAX_IDLE : null;
  }

  /** Sets how long and how often a new resource may serve. The caller owns the slot. */
  void begin(Slot<R> slot, long now) {
    slot.leasesAtBirth = slot.leases;
    long maxUses = core.config.maxUses();
    slot.lastLease = maxUses == 0 ? Long.MAX_VALUE : slot.leases + maxUses;
    slot.doom = null;
    slot.retireAt = endOfLife(now);
  }

  /** When a resource opened now retires: after its lifetime, shortened by its jitter. */
  private long endOfLife(long now) {
    long lifetime = Durations.nanos(core.config.maxLifetime());
    if (lifetime == 0) {
      return Durations.NEVER;
    }
    double kept = 1 - core.config.maxLifetimeJitter() * core.platform.random();
    return now + Math.max(1, (long) (lifetime * kept));
  }

  /** Sets the fields of an idle slot. The caller owns it. */
  void rest(Slot<R> slot, long now) {
    slot.idleSince = now;
    slot.freshUntil = Math.min(now + validateAfterIdle, slot.retireAt);
  }

  // ---- epochs

  /** Raises the epoch, unless it was raised since {@code seen}. */
  void suspect(int seen, boolean replaceAll, String why) {
    // Do this first, so that a check that begins in the new epoch learns at its end that it must
    // replace the resource.
    boolean more = replaceAll && signals.replaceUpTo(seen);
    boolean raised = signals.raiseEpoch(seen);
    while (more && !raised) { // others have raised it, and may have found alive what is to go
      raised = signals.raiseEpoch(signals.epoch());
    }
    if (raised) {
      epochRaised(why);
    }
  }

  /** Raises the epoch and orders the replacement of all older resources. */
  void refresh(String why) {
    suspect(signals.birthEpoch(), true, why);
  }

  /** Makes the housekeeping check all older resources soon. */
  void epochRaised(String why) {
    core.listener.tell(l -> l.epochRaised(why));
    epochRaised = true;
    core.wakeBy(core.platform.nanoTime());
  }

  /** Whether the epoch was raised since the last call. Only the housekeeping calls it. */
  boolean takeEpochRaised() {
    boolean raised = epochRaised;
    epochRaised = false;
    return raised;
  }
}
