package dev.sluice.r2dbc;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.Lease;
import dev.sluice.pool.Slot;

/** The right to use a connection, behind a {@link PooledConnection}. */
final class ConnectionLease extends Lease<PhysicalConnection> {
  final PhysicalConnection connection;

  ConnectionLease(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
    connection = resource();
    connection.begin();
  }

  /** Gives the connection back in whatever state it is; the pool cleans or closes it. */
  void giveBack() {
    if (!isHeld()) {
      release(); // only drops the anchor
      return;
    }
    if (!connection.isOpenLocally()) {
      discardDead();
    } else if (isDirty()) {
      releaseForReset();
    } else {
      release();
    }
  }

  private boolean isDirty() {
    try {
      return connection.isDirty();
    } catch (RuntimeException e) {
      return true; // the driver cannot tell, so the reset finds out
    }
  }

  /** The driver says that the connection is closed: so may be the others. */
  void discardDead() {
    discardAndSuspectOthers(false, "the driver reports the connection as closed");
  }

  /** Closes the connection, whose state nobody knows. */
  void discardBroken(String why) {
    discard(CloseReason.BROKEN, why);
  }
}
