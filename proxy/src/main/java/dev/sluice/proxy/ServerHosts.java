package dev.sluice.proxy;

import dev.sluice.proxy.config.LoadBalanceHosts;
import java.util.List;

/**
 * Chooses among the hosts of a database. They take turns; with {@code load_balance_hosts=disable},
 * the turn passes on only when the host of the moment has failed.
 */
final class ServerHosts {
  private ServerHosts() {}

  /**
   * A host, and whose turn it was.
   *
   * @param host empty if the entry names none
   */
  record Choice(String host, int turn) {}

  static Choice choose(ServerPool pool) {
    List<String> hosts = pool.limits().database().hosts();
    int turn = takesTurns(pool) ? pool.turn.getAndIncrement() : pool.turn.get();
    return new Choice(hosts.isEmpty() ? "" : hosts.get(Math.floorMod(turn, hosts.size())), turn);
  }

  /** A server could not be opened there. Attempts that fail together count once. */
  static void failed(ServerPool pool, Choice choice) {
    if (!takesTurns(pool)) {
      pool.turn.compareAndSet(choice.turn(), choice.turn() + 1);
    }
  }

  private static boolean takesTurns(ServerPool pool) {
    return pool.limits().database().loadBalanceHosts().orElse(LoadBalanceHosts.ROUND_ROBIN)
        == LoadBalanceHosts.ROUND_ROBIN;
  }
}
