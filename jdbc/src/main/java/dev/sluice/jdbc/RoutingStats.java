package dev.sluice.jdbc;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link RoutingDataSource} knows and has done. Immutable; thread-safe. Each pool's own
 * figures are in {@link SluiceDataSource#stats()}.
 *
 * @param hosts the hosts, in the order of the configuration
 * @param primary the name of the primary; empty if there is none at the moment
 * @param failovers how often another host became the primary
 * @param writes how many connections were lent for writing
 * @param reads how many connections to replicas were lent for reading
 * @param readsOfPrimary how many connections to the primary were lent for reading
 */
public record RoutingStats(
    List<HostStatus> hosts,
    Optional<String> primary,
    long failovers,
    long writes,
    long reads,
    long readsOfPrimary) {

  /** Copies the list. */
  public RoutingStats {
    hosts = List.copyOf(hosts);
  }
}
