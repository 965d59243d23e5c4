package dev.sluice.proxy;

/**
 * The clients of a pool at one moment.
 *
 * @param active those that use a server, or could ask for one
 * @param waiting those that wait for one
 * @param longestWaitMicros of those that wait; 0 if none does
 */
record PoolClients(int active, int waiting, long longestWaitMicros) {
  static PoolClients of(ServerPool pool) {
    long now = pool.core.clock.getAsLong();
    int active = 0;
    int waiting = 0;
    long longest = 0;
    for (ClientConnection client : pool.clients()) {
      if (client.state == ClientConnection.State.WAITING) {
        waiting++;
        longest = Math.max(longest, (now - client.requestedAt) / 1_000);
      } else {
        active++;
      }
    }
    return new PoolClients(active, waiting, longest);
  }
}
