package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Holds the handle of the lease in progress, in an object of its own that the lessees replace now
 * and then: G1 makes a store of a reference into an old object wait for a fence, into a young one
 * not, and this store is on the fast path where leak detection is on.
 */
final class HandleCell {
  /** How many leases a cell serves: few enough that it is young where leases are frequent. */
  static final int LEASES = 1 << 16;

  private static final VarHandle HANDLE;

  static {
    try {
      HANDLE = MethodHandles.lookup().findVarHandle(HandleCell.class, "handle", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // by its VarHandle
  private @Nullable Object handle;

  @Nullable Object get() {
    return (Object) HANDLE.getAcquire(this);
  }

  void set(@Nullable Object lease) {
    handle = lease;
  }

  /** Forgets {@code lease}, unless another took its place. */
  void forget(Object lease) {
    HANDLE.compareAndSet(this, lease, null);
  }
}
