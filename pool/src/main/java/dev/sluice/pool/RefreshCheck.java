package dev.sluice.pool;

import java.net.InetAddress;
import java.util.Objects;

/**
 * Says when the resources lead to the wrong place, and must be replaced: after a change of a host's
 * address, say, or of a cluster's topology.
 *
 * @see Pool#refreshWhen
 */
@FunctionalInterface
public interface RefreshCheck {
  /**
   * Whether all that was opened before now is to be replaced. Called on one of the pool's workers,
   * one call at a time; it may block.
   *
   * @throws Exception if that cannot be found out now. Nothing is replaced then, the listeners hear
   *     of it as a background error, and the pool asks again.
   */
  boolean isDue() throws Exception;

  /**
   * A check that is due when a host's name leads to other addresses than at the last look. It is
   * meant for names that stand for one server, or one set of servers, at a time. Where each look-up
   * returns another member of a set, it would be due all the time.
   *
   * <p>The JVM remembers addresses for 30 s, unless its security property {@code
   * networkaddress.cache.ttl} says otherwise.
   *
   * @param host a name, without a port
   */
  static RefreshCheck addressesOf(String host) {
    Objects.requireNonNull(host, "host");
    return new AddressCheck(() -> InetAddress.getAllByName(host));
  }
}
