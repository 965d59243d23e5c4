package dev.sluice.pool;

import java.net.InetAddress;
import java.util.Objects;

/**
 * Decides when all resources must be replaced because they lead to the wrong server, for instance
 * after a change of a host's address or of a cluster's topology.
 *
 * @see Pool#refreshWhen
 */
@FunctionalInterface
public interface RefreshCheck {
  /**
   * Returns whether to replace all resources opened before now. Called on one of the pool's
   * workers, one call at a time; it may block.
   *
   * @throws Exception if that cannot be determined now. The pool then replaces nothing, reports a
   *     background error to the listeners, and calls the check again later.
   */
  boolean isDue() throws Exception;

  /**
   * A check that is due when a host name resolves to other addresses than at the last look-up. It
   * is meant for names that stand for one server, or one set of servers, at a time. If each look-up
   * returns a different member of a set, the check would always be due.
   *
   * <p>The JVM caches addresses for 30 s, unless its security property {@code
   * networkaddress.cache.ttl} says otherwise.
   *
   * @param host a name, without a port
   */
  static RefreshCheck addressesOf(String host) {
    Objects.requireNonNull(host, "host");
    return new AddressCheck(() -> InetAddress.getAllByName(host))::isDue;
  }
}
