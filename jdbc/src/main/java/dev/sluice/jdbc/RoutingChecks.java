package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutingConfig.Declared;
import dev.sluice.jdbc.RoutingConfig.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks all options of a routing data source together. */
final class RoutingChecks {
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LONGEST_WAIT = Duration.ofDays(3_650);

  private final RoutingValues v;
  private final List<String> problems = new ArrayList<>();

  private RoutingChecks(RoutingValues values) {
    this.v = values;
  }

  /** The problems, one sentence each. */
  static List<String> problems(RoutingValues values) {
    RoutingChecks checks = new RoutingChecks(values);
    checks.hosts();
    checks.times();
    checks.lag();
    checks.readYourWrites();
    return checks.problems;
  }

  private void hosts() {
    if (v.hosts.isEmpty()) {
      problems.add("there is no host: add primary(...), replica(...) or hosts(...)");
    }
    Set<String> names = new HashSet<>();
    int primaries = 0;
    for (Host host : v.hosts) {
      if (!names.add(host.name())) {
        problems.add("two pools have the name '" + host.name() + "'; set name() on each");
      }
      primaries += host.isDeclaredPrimary() ? 1 : 0;
      if (host.role() == Declared.NOTHING && !mayTellRole(host)) {
        problems.add(
            "the database of '"
                + host.name()
                + "' does not tell its role: use primary(...) and replica(...)");
      }
    }
    v.hosts.forEach(this::options);
    if (primaries > 1) {
      problems.add("there are " + primaries + " primaries, and there can be one");
    }
  }

  /** Refuses options of a pool that contradict what the routing does with it. */
  private void options(Host host) {
    if (Boolean.TRUE.equals(host.pool().readOnly())) {
      problems.add("'" + host.name() + "' has readOnly, which the routing sets itself: remove it");
    }
    if (host.pool().transactionPooler()) {
      problems.add(
          "'"
              + host.name()
              + "' has transactionPooler, but the routing needs sessions that stay read-only at a"
              + " replica: name the servers themselves");
    }
  }

  private static Dialect dialect(Host host) {
    String url = host.pool().url();
    return url == null ? Dialect.OTHER : Dialect.ofUrl(url);
  }

  /** Whether the database tells its role; true if that is known only when it is reached. */
  private static boolean mayTellRole(Host host) {
    return host.pool().url() == null || HostProbe.tellsRole(dialect(host));
  }

  private void times() {
    require("checkInterval", v.checkInterval, SHORTEST, LONGEST);
    require("checkTimeout", v.checkTimeout, SHORTEST, LONGEST);
    require("backoffMax", v.backoffMax, SHORTEST, LONGEST);
    require("acquireTimeout", v.acquireTimeout, Duration.ZERO, LONGEST_WAIT);
  }

  private void require(
      String option, @Nullable Duration value, Duration shortest, Duration longest) {
    if (value != null && (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0)) {
      problems.add(
          "%s must be from %d ms to %d ms, is %d ms"
              .formatted(option, shortest.toMillis(), longest.toMillis(), value.toMillis()));
    }
  }

  private void lag() {
    Duration most = v.maxLag;
    if (most != null && most.compareTo(v.checkInterval.multipliedBy(2)) < 0) {
      problems.add(
          "maxLag is "
              + most.toMillis()
              + " ms, but must be at least twice checkInterval ("
              + v.checkInterval.toMillis()
              + " ms), because lag is known from checks");
    }
    Long bytes = v.maxLagBytes;
    if (bytes != null && bytes < 1) {
      problems.add("maxLagBytes must be 1 or more, is " + bytes);
    }
    if (bytes != null && v.hosts.stream().anyMatch(RoutingChecks::isCertainlyNotPostgresql)) {
      problems.add("maxLagBytes is for PostgreSQL alone; use maxLag");
    }
  }

  private static boolean isCertainlyNotPostgresql(Host host) {
    return host.pool().url() != null && dialect(host) != Dialect.POSTGRESQL;
  }

  private void readYourWrites() {
    Duration most = v.maxLag;
    boolean needsLag =
        !v.readYourWrites.isByPosition()
            && v.hosts.stream().anyMatch(host -> dialect(host) == Dialect.MYSQL);
    if (needsLag && (most == null || most.compareTo(v.readYourWrites.time()) > 0)) {
      problems.add(
          "on MySQL, readYourWrites by a window of "
              + v.readYourWrites.time().toMillis()
              + " ms needs a maxLag that is no longer");
    }
  }
}
