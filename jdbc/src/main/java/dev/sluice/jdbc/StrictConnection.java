package dev.sluice.jdbc;

import dev.sluice.pool.Slot;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A borrower's connection that remembers where it was closed, so that reports of a second close, or
 * of use after the first, can show it. It is a separate class, so that other connections do not pay
 * for it.
 */
final class StrictConnection extends SluiceConnection {
  private final AtomicReference<@Nullable Throwable> firstClose = new AtomicReference<>();

  StrictConnection(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
  }

  /** Adds where the connection was returned. */
  @Override
  SQLException explained(SQLException closed) {
    Throwable first = firstClose.get();
    if (first != null) {
      closed.initCause(first);
    }
    return closed;
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
