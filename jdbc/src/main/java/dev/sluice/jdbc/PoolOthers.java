package dev.sluice.jdbc;

import dev.sluice.pool.Pool;
import org.jspecify.annotations.Nullable;

/** The pool's connections; there are none until the pool is given. */
final class PoolOthers implements FailoverPolicy.Others {
  private volatile @Nullable Pool<?, ?> pool;

  /** The pool needs this object to start, so it comes second. */
  void belongTo(Pool<?, ?> started) {
    pool = started;
  }

  @Override
  public void suspect(String why) {
    Pool<?, ?> started = pool;
    if (started != null) {
      started.suspectAll(why);
    }
  }

  @Override
  public void replace(String why) {
    Pool<?, ?> started = pool;
    if (started != null) {
      started.refresh(why);
    }
  }
}
