package dev.sluice.jdbc;

import dev.sluice.pool.Slot;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A borrower's connection that remembers where it was closed, and has a second close reported. A
 * class of its own, so that nobody else pays for it.
 */
final class StrictConnection extends SluiceConnection {
  private final AtomicReference<@Nullable Throwable> firstClose = new AtomicReference<>();

  StrictConnection(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
  }

  @Override
  public void close() {
    String thread = Thread.currentThread().getName();
    Throwable here = new Throwable("closed here, by thread '" + thread + "'");
    if (!firstClose.compareAndSet(null, here)) {
      here.initCause(firstClose.get());
      physical.terms.closedTwice(here);
    }
    super.close();
  }
}
