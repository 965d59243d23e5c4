package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Combines a pool's listeners so that they cannot fail the caller. It logs the first exception of
 * each listener and ignores the rest. The other listeners still get the event.
 */
final class SafeListener {
  private static final Class<?>[] LEASE = {long.class, long.class, Duration.class};

  /** A listener, and whether a warning about it was logged. */
  private record Ear(PoolListener listener, AtomicBoolean complained) {}

  private final String pool;
  private final Announcer announcer;
  private final ContextLoader home = ContextLoader.ofThisThread();
  private final Ear[] ears;
  private final boolean hearsLeases;
  private final boolean hearsQueue;

  /** Asks each listener for its listener of this pool. */
  SafeListener(List<PoolListener> listeners, PoolConfig config, Announcer announcer) {
    this.pool = config.name();
    this.announcer = announcer;
    List<Ear> all = new ArrayList<>();
    boolean leases = false;
    boolean queued = false;
    for (PoolListener listener : listeners) {
      PoolListener own = forPool(listener, config);
      if (own != null) {
        all.add(new Ear(own, new AtomicBoolean()));
        leases |= hears(own, "acquired", LEASE) || hears(own, "released", LEASE);
        queued |= hears(own, "queued", int.class);
      }
    }
    this.ears = all.toArray(new Ear[0]);
    this.hearsLeases = leases;
    this.hearsQueue = queued;
  }

  @SuppressWarnings("ReferenceEquality") // the one listener that stands for none
  private @Nullable PoolListener forPool(PoolListener listener, PoolConfig config) {
    try {
      PoolListener own = listener.forPool(config);
      return own == PoolListener.NONE ? null : own;
    } catch (Throwable e) {
      complain("a listener threw an exception in forPool; it receives no events", e);
      return null;
    }
  }

  /**
   * Whether the listener overrides the event. If that cannot be determined, it counts as
   * overridden.
   */
  private static boolean hears(PoolListener listener, String event, Class<?>... parameters) {
    try {
      Class<?> type = listener.getClass().getMethod(event, parameters).getDeclaringClass();
      return !type.equals(PoolListener.class);
    } catch (NoSuchMethodException | SecurityException | LinkageError e) {
      return true;
    }
  }

  /** Whether any listener receives lease events; the fast path depends on it. */
  boolean hearsLeases() {
    return hearsLeases;
  }

  /** Whether there is any listener. */
  boolean present() {
    return ears.length > 0;
  }

  /** Whether any listener receives an event for each caller that begins to wait. */
  boolean hearsQueue() {
    return hearsQueue;
  }

  /** Sends an event to all listeners, in order, on a worker, because a listener may block. */
  void tell(Consumer<PoolListener> event) {
    if (ears.length > 0) {
      announcer.say(() -> tellNow(event));
    }
  }

  /**
   * Sends an event about the running thread's lease or acquisition to all listeners, on that
   * thread. The keeper, which runs no user code, passes the event to a worker.
   */
  void tellHere(Consumer<PoolListener> event) {
    if (ears.length == 0) {
      return;
    }
    if (announcer.onKeeper()) {
      announcer.say(() -> tellNow(event));
    } else {
      tellNow(event);
    }
  }

  /**
   * Sends an event to all listeners on the running thread, under the pool's context class loader.
   */
  void tellNow(Consumer<PoolListener> event) {
    ClassLoader own = home.enter();
    try {
      for (Ear ear : ears) {
        tell(ear, event);
      }
    } finally {
      home.leave(own);
    }
  }

  private void tell(Ear ear, Consumer<PoolListener> event) {
    try {
      event.accept(ear.listener());
    } catch (Throwable e) {
      if (ear.complained().compareAndSet(false, true)) {
        complain(
            "a listener threw an exception; it still receives events, and this warning is not"
                + " repeated",
            e);
      }
    }
  }

  private void complain(String what, Throwable e) {
    announcer.log(Level.WARNING, () -> "pool '" + pool + "': " + what, e);
  }
}
