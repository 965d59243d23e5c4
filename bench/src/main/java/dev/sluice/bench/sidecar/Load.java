package dev.sluice.bench.sidecar;

import java.time.Duration;

/**
 * What clients do: each reads one row by its key, again and again.
 *
 * @param protocol how they send the query
 * @param clients how many there are
 * @param reconnects whether each connects and disconnects for each query
 * @param time for how long
 */
record Load(Protocol protocol, int clients, boolean reconnects, Duration time) {
  /** The same for a shorter or longer time. */
  Load lasting(Duration other) {
    return new Load(protocol, clients, reconnects, other);
  }

  @Override
  public String toString() {
    return protocol.key()
        + ", "
        + clients
        + (clients == 1 ? " client" : " clients")
        + (reconnects ? ", connecting for each query" : "");
  }
}
