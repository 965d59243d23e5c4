package dev.sluice.jdbc;

import dev.sluice.pool.Pool;
import org.jspecify.annotations.Nullable;

/** The pool's other connections. There are none until {@link #belongTo}. */
final class PoolOthers implements FailoverPolicy.Others {
  private volatile @Nullable Pool<?, ?> pool;

  /** Sets the pool. It comes later because the pool needs this object to start. */
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
