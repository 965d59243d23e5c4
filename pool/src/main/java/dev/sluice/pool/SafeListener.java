package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A listener that cannot fail its caller: what it throws is logged once and otherwise ignored. */
final class SafeListener {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");

  private final PoolListener listener;
  private final String pool;
  private final boolean present;
  private final AtomicBoolean complained = new AtomicBoolean();

  @SuppressWarnings("ReferenceEquality") // the one listener that stands for none
  SafeListener(PoolListener listener, String pool) {
    this.listener = listener;
    this.pool = pool;
    this.present = listener != PoolListener.NONE;
  }

  /** Whether anybody listens. */
  boolean present() {
    return present;
  }

  void tell(Consumer<PoolListener> event) {
    if (!present) {
      return;
    }
    try {
      event.accept(listener);
    } catch (Throwable e) {
      if (complained.compareAndSet(false, true)) {
        LOG.log(
            Level.WARNING,
            () -> pool + ": the listener threw; this is said once, and it goes on being told",
            e);
      }
    }
  }
}
