package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutingConfig.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of a routing data source: mutable in a builder, copied in a configuration. */
final class RoutingValues implements Cloneable {
  String name = "routing";
  List<Host> hosts = new ArrayList<>();
  RoutingConfig.Balance balance = RoutingConfig.Balance.LEAST_BUSY;
  boolean fallBackToPrimary = true;
  @Nullable Duration acquireTimeout;
  Duration checkInterval = Duration.ofSeconds(1);
  Duration checkTimeout = Duration.ofSeconds(1);
  Duration backoffMax = Duration.ofSeconds(10);
  @Nullable Duration maxLag;
  @Nullable Long maxLagBytes;
  ReadYourWrites readYourWrites = ReadYourWrites.DEFAULT;
  boolean sharedSession;

  /** A copy that nobody changes any more. */
  RoutingValues frozen() {
    try {
      RoutingValues copy = (RoutingValues) clone();
      copy.hosts = List.copyOf(hosts);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
