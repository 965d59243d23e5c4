package dev.sluice.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link RoutingDataSource}. Immutable, and checked as a whole when it is
 * built; thread-safe. {@link RoutingBuilder} describes the options.
 */
public final class RoutingConfig {
  /** Which of several replicas that can serve is asked first. */
  public enum Balance {
    /** Each in turn. */
    ROUND_ROBIN,
    /** Any. */
    RANDOM,
    /** The one with the lowest {@link SluiceDataSource#load()}; among equals, each in turn. */
    LEAST_BUSY
  }

  /** What a host was said to be. */
  enum Declared {
    PRIMARY,
    REPLICA,
    NOTHING
  }

  /** A host: its pool, and what it was said to be. */
  record Host(SluiceConfig pool, Declared role) {
    String name() {
      return pool.pool().name();
    }

    boolean isDeclaredPrimary() {
      return role == Declared.PRIMARY;
    }
  }

  private final RoutingValues v;

  RoutingConfig(RoutingValues values) {
    this.v = values.frozen();
  }

  /** The name for messages. */
  public String name() {
    return v.name;
  }

  List<Host> hosts() {
    return v.hosts;
  }

  /** The configurations of the hosts' pools, in the order in which they were added. */
  public List<SluiceConfig> pools() {
    return v.hosts.stream().map(Host::pool).toList();
  }

  /** Which of several replicas is asked first. */
  public Balance balance() {
    return v.balance;
  }

  /** Whether the primary serves reads when no replica can. */
  public boolean fallBackToPrimary() {
    return v.fallBackToPrimary;
  }

  /** How long a borrower waits in all, whatever the number of hosts that are asked. */
  public Duration acquireTimeout() {
    Duration own = v.acquireTimeout;
    return own != null ? own : v.hosts.get(0).pool().pool().acquireTimeout();
  }

  /** The time between two checks of a host. */
  public Duration checkInterval() {
    return v.checkInterval;
  }

  /** How long a check may take. */
  public Duration checkTimeout() {
    return v.checkTimeout;
  }

  /** The longest pause between two checks of an ejected host. */
  public Duration backoffMax() {
    return v.backoffMax;
  }

  /** How far a replica may be behind in time; empty for no limit. */
  public Optional<Duration> maxLag() {
    return Optional.ofNullable(v.maxLag);
  }

  /** The limit in nanoseconds; {@link Observation#UNKNOWN} for none. */
  long maxLagNanos() {
    Duration most = v.maxLag;
    return most == null ? Observation.UNKNOWN : most.toNanos();
  }

  /** How many bytes of its log a PostgreSQL replica may be behind; empty for no limit. */
  public OptionalLong maxLagBytes() {
    @Nullable Long most = v.maxLagBytes;
    return most == null ? OptionalLong.empty() : OptionalLong.of(most);
  }

  /** How sessions read their own writes. */
  public ReadYourWrites readYourWrites() {
    return v.readYourWrites;
  }

  /** Whether the data source itself is one session. */
  public boolean sharedSession() {
    return v.sharedSession;
  }

  /** Shows the name and the hosts. */
  @Override
  public String toString() {
    return "RoutingConfig{" + v.name + ", hosts=" + v.hosts.stream().map(Host::name).toList() + "}";
  }
}
