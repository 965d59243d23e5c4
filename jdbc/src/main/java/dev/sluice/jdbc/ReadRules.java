package dev.sluice.jdbc;

import dev.sluice.jdbc.WriteMark.Need;
import org.jspecify.annotations.Nullable;

/** Decides whether a host may serve a read. Immutable; thread-safe. */
final class ReadRules {
  private final RoutingConfig config;

  ReadRules(RoutingConfig config) {
    this.config = config;
  }

  /** Why a host cannot serve as a replica; null if it can, perhaps after it was asked. */
  @Nullable String whyNot(HostView host, Need need, long now) {
    if (host.state() != HostStatus.State.REPLICA) {
      return host.reason();
    }
    if (need.primaryOnly()) {
      return "the session has a connection open that may have written";
    }
    Long time = need.time();
    return time == null ? null : whyNotSince(host, time, now);
  }

  private @Nullable String whyNotSince(HostView host, long time, long now) {
    ReadYourWrites how = config.readYourWrites();
    boolean isInWindow = !how.isByPosition() && now - time < how.time().toNanos();
    if (isInWindow) {
      return "the session has written " + (now - time) / 1_000_000 + " ms ago";
    }
    boolean isProven = host.isCovered() && host.covered() - time >= 0;
    boolean cannotBeProven = host.position() == Observation.UNKNOWN && !how.isByPosition();
    return isProven || cannotBeProven
        ? null
        : "no check has shown yet that it has what the session wrote "
            + (now - time) / 1_000_000
            + " ms ago";
  }

  /** Whether a host that can serve must be asked first whether it is far enough. */
  static boolean mustBeAsked(HostView host, Need need) {
    return need.position() != Observation.UNKNOWN && host.position() < need.position();
  }
}
