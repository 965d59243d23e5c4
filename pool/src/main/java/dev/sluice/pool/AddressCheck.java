package dev.sluice.pool;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Is due when a host name resolves to other addresses than at the last successful look-up. */
final class AddressCheck {
  private final Callable<InetAddress[]> lookUp;

  /** Volatile, because calls come from different workers, one after the other. */
  private volatile Set<InetAddress> last = Set.of();

  AddressCheck(Callable<InetAddress[]> lookUp) {
    this.lookUp = lookUp;
  }

  boolean isDue() throws Exception {
    Set<InetAddress> now = new HashSet<>(List.of(lookUp.call()));
    Set<InetAddress> before = last;
    last = now;
    return !before.isEmpty() && !now.equals(before);
  }
}
