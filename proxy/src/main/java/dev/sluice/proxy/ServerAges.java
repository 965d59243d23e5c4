package dev.sluice.proxy;

import dev.sluice.pool.ResourceInfo;
import dev.sluice.proxy.config.EffectivePool;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for servers of a pool that are too old, or that nobody has used for too long. It marks
 * them; the pool closes at once what is idle, and what is in use when it comes back. The tick alone
 * runs it, so changed settings count from the next look on.
 */
final class ServerAges {
  private final ServerPool pool;

  /** When a server last went because of its age; 0 if none did. */
  private long retiredAt;

  ServerAges(ServerPool pool) {
    this.pool = pool;
  }

  /** Called several times a second. */
  void look(long now) {
    Set<Long> marked = new HashSet<>();
    int[] spare = {pool.servers.size() - pool.limits().minPoolSize()};
    pool.servers.forEachResource(
        (server, info) -> {
          String why = server.closeReason == null ? reason(server, info, spare, now) : null;
          if (why != null) {
            server.closeReason = why;
            marked.add(info.id());
          }
        });
    if (!marked.isEmpty()) {
      pool.servers.evictIdle(info -> marked.contains(info.id()));
    }
  }

  private @Nullable String reason(
      ServerConnection server, ResourceInfo info, int[] spare, long now) {
    if (isTooOld(server, now)) {
      return "server lifetime over";
    }
    Duration idle = pool.limits().settings().serverIdleTimeout();
    boolean rested =
        !idle.isZero()
            && info.state() == ResourceInfo.State.IDLE
            && info.idle().compareTo(idle) > 0;
    if (rested && spare[0] > 0) {
      spare[0]--;
      return "server idle timeout";
    }
    return null;
  }

  /** The servers of a pool do not all go at once, even if they were opened at once. */
  private boolean isTooOld(ServerConnection server, long now) {
    EffectivePool limits = pool.limits();
    long lifetime = limits.serverLifetime().toNanos();
    long apart = limits.poolSize() > 0 ? lifetime / limits.poolSize() : 0;
    boolean old = lifetime > 0 && now - server.connectedAt >= lifetime; // 0: it goes after its use
    if (!old || (retiredAt != 0 && now - retiredAt < apart)) {
      return false;
    }
    retiredAt = now;
    return true;
  }
}
