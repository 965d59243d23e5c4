package dev.sluice.bench.sidecar;

import java.io.IOException;

/** What plays the clients. */
interface Driver {
  /** As the tables have it. */
  String title();

  /** Whether it can log in at this door. */
  boolean canUse(Door door);

  /**
   * Puts a load on a door.
   *
   * @throws IOException if a client got an error, or lost its connection
   */
  Served run(Door door, Load load) throws IOException, InterruptedException;
}
