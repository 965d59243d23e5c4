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
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");

  /** A listener, and whether it was complained of. */
  private record Ear(PoolListener listener, AtomicBoolean complained) {}

  private final String pool;
  private final Ear[] ears;
  private final boolean hearsLeases;

  /** Asks each of the listeners who shall hear of this pool. */
  SafeListener(List<PoolListener> listeners, PoolConfig config) {
    this.pool = config.name();
    List<Ear> all = new ArrayList<>();
    boolean leases = false;
    for (PoolListener listener : listeners) {
      PoolListener own = forPool(listener, config);
      if (own != null) {
        all.add(new Ear(own, new AtomicBoolean()));
        leases |= hearsLeases(own);
      }
    }
    this.ears = all.toArray(new Ear[0]);
    this.hearsLeases = leases;
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

  /** Whether it would notice that it is told of leases; if that can't be seen, it would. */
  private static boolean hearsLeases(PoolListener listener) {
    try {
      Class<?> type = listener.getClass();
      Class<?> acquired =
          type.getMethod("acquired", long.class, long.class, Duration.class).getDeclaringClass();
      Class<?> released =
          type.getMethod("released", long.class, long.class, Duration.class).getDeclaringClass();
      return !(acquired.equals(PoolListener.class) && released.equals(PoolListener.class));
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

  void tell(Consumer<PoolListener> event) {
    for (Ear ear : ears) {
      try {
        event.accept(ear.listener());
      } catch (Throwable e) {
        if (ear.complained().compareAndSet(false, true)) {
          complain("a listener threw; this is said once, and it goes on being told", e);
        }
      }
    }
  }

  private void complain(String what, Throwable e) {
    try {
      LOG.log(Level.WARNING, () -> "pool '" + pool + "': " + what, e);
    } catch (Throwable unloggable) {
      // A logger of the user's may not fail the pool either, and there is nobody left to tell.
    }
  }
}
