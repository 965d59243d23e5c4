package dev.sluice.proxy;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.Lease;
import dev.sluice.pool.Slot;

/** The right to use a server connection. */
final class ServerLease extends Lease<ServerConnection> {
  ServerLease(Slot<ServerConnection> slot, long token) {
    super(slot, token);
  }

  /** Gives the connection back to be cleaned first. */
  void giveBackForReset() {
    releaseForReset();
  }

  /** Ends the connection. */
  void discard(String why) {
    discard(CloseReason.BROKEN, why);
  }
}
