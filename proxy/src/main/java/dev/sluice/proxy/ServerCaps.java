package dev.sluice.proxy;

import dev.sluice.pool.PoolGroup;
import dev.sluice.proxy.config.EffectivePool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The caps on servers that several pools share: of one database for all users, and of one user in
 * all databases. A client has a server of one pool only, so no pool need be sure of any.
 * Thread-safe.
 */
final class ServerCaps {
  private static final int MOST = 10_000;

  private final ConcurrentMap<String, PoolGroup> groups = new ConcurrentHashMap<>();

  /** The caps under which a new pool stands. */
  List<PoolGroup> of(PoolKey key, EffectivePool limits) {
    List<PoolGroup> caps = new ArrayList<>();
    add(caps, "max_db_connections of " + key.database(), limits.maxDbConnections());
    add(caps, "max_user_connections of " + key.user(), limits.maxUserConnections());
    return caps;
  }

  private void add(List<PoolGroup> caps, String name, int most) {
    if (most > 0) {
      int cap = Math.min(most, MOST);
      PoolGroup group = groups.computeIfAbsent(name, missing -> PoolGroup.capOnly(missing, cap));
      if (group.maxTotal() != cap) {
        group.resize(cap);
      }
      caps.add(group);
    }
  }
}
