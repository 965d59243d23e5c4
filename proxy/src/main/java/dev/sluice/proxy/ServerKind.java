package dev.sluice.proxy;

import java.util.Map;
import java.util.Optional;

/**
 * What a pool's servers are for.
 *
 * @param user who logs in at the server instead of the client's user; empty: as the database's
 *     entry and the client say
 * @param replication whether the pool belongs to one client, which replicates
 * @param startup that client's start-up parameters, which its server gets as they are
 */
record ServerKind(Optional<String> user, Replication replication, Map<String, String> startup) {
  /** Servers that the clients of a database and a user share. */
  static final ServerKind SHARED = new ServerKind(Optional.empty(), Replication.NONE, Map.of());

  ServerKind {
    startup = Map.copyOf(startup);
  }

  /** Servers for the pooler's own questions about users. */
  static ServerKind asking(String user) {
    return new ServerKind(Optional.of(user), Replication.NONE, Map.of());
  }

  /** A server over which one client replicates. */
  static ServerKind replicating(Replication what, Map<String, String> startup) {
    return new ServerKind(Optional.empty(), what, startup);
  }

  /** The server that listens for clients in transaction mode. */
  static final ServerKind LISTENING =
      new ServerKind(Optional.empty(), Replication.NONE, Map.of("listens", "true"));

  /** Whether the pool has one server, which is not shared. */
  boolean isAlone() {
    return replicates() || this == LISTENING;
  }

  boolean replicates() {
    return replication != Replication.NONE;
  }
}
