package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool's listeners as one that cannot fail its caller: what any of them throws is logged once and
 * otherwise ignored, and keeps no news from the others.
 */
final class SafeListener {
  private static final Class<?>[] LEASE = {long.class, long.class, Duration.class};

  /** A listener, and whether it was complained of. */
  private record Ear(PoolListener listener, AtomicBoolean complained) {}

  private final String pool;
  private final Announcer announcer;
  private final ContextLoader home = ContextLoader.ofThisThread();
  private final Ear[] ears;
  private final boolean hearsLeases;
  private final boolean hearsQueue;

  /** Asks each of the listeners who shall hear of this pool. */
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
      complain("a listener threw when it was asked to hear the pool; it is not told anything", e);
      return null;
    }
  }

  /** Whether it overrides the event; if that can't be seen, it counts as if it did. */
  private static boolean hears(PoolListener listener, String event, Class<?>... parameters) {
    try {
      Class<?> type = listener.getClass().getMethod(event, parameters).getDeclaringClass();
      return !type.equals(PoolListener.class);
    } catch (NoSuchMethodException | SecurityException | LinkageError e) {
      return true;
    }
  }

  /** Whether anybody wants to hear of each lease; the fast path depends on it. */
  boolean hearsLeases() {
    return hearsLeases;
  }

  /** Whether anybody listens. */
  boolean present() {
    return ears.length > 0;
  }

  /** Whether anybody wants to hear of each caller that begins to wait. */
  boolean hearsQueue() {
    return hearsQueue;
  }

  /** Has all of them told, in order, on a worker: a listener may block. */
  void tell(Consumer<PoolListener> event) {
    if (ears.length > 0) {
      announcer.say(() -> tellNow(event));
    }
  }

  /**
   * Tells all of them what happened to the running thread's lease or acquisition, on that thread.
   * The keeper, which runs no code of theirs, has them told.
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

  /** Tells all of them, under the pool's own class loader, whoever's thread this is. */
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
        complain("a listener threw; this is said once, and it goes on being told", e);
      }
    }
  }

  private void complain(String what, Throwable e) {
    announcer.log(Level.WARNING, () -> "pool '" + pool + "': " + what, e);
  }
}
