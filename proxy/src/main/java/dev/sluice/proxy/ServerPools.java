package dev.sluice.proxy;

import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The pools. One is made when its first client has logged in, or when the configuration wants
 * servers for it in any case. Thread-safe.
 */
final class ServerPools {
  private final ProxyCore core;
  private final ConcurrentMap<PoolKey, ServerPool> pools = new ConcurrentHashMap<>();

  /** Of clients that replicate: one server each. */
  private final Set<ServerPool> replicas = ConcurrentHashMap.newKeySet();

  /** Every pool that was made and has not ended, those too that are in no table any more. */
  private final Set<ServerPool> unended = ConcurrentHashMap.newKeySet();

  private volatile boolean over;

  ServerPools(ProxyCore core) {
    this.core = core;
  }

  /**
   * What came of an attempt to join a pool.
   *
   * @param exceeded the setting that forbids it; null if the client has joined
   */
  record Joined(ServerPool pool, @Nullable String exceeded) {}

  /** Adds a client to the pool of a database and a user. */
  Joined join(DatabaseEntry database, ClientConnection client, StoredSecret secret) {
    PoolKey key = new PoolKey(database.name(), database.user().orElse(client.user));
    @Nullable String[] exceeded = new String[1];
    ServerPool joined =
        pools.compute( // at once, so that the pool is not forgotten in between
            key,
            (same, known) -> {
              ServerPool pool = known != null ? known : make(database, key, secret);
              exceeded[0] = pool.join(client);
              return pool;
            });
    core.operations.created(joined);
    if (database.password().isEmpty() && database.user().isEmpty()) {
      joined.learn(secret);
    }
    return new Joined(joined, exceeded[0]);
  }

  private ServerPool make(DatabaseEntry database, PoolKey key, StoredSecret secret) {
    String name = key.database();
    if (core.config().database(name).isEmpty() && !knows(name)) {
      core.log.log("registered new auto-database: db=" + name);
    }
    return new ServerPool(
        core,
        key,
        core.config().effective(database, key.user()), // a forced user's settings
        forServer(database, secret));
  }

  /** A forced user has a password of its own; what a client proved opens nothing for it. */
  private StoredSecret forServer(DatabaseEntry database, StoredSecret learnt) {
    return database
        .password()
        .map(password -> StoredSecret.parse(password.reveal()))
        .orElseGet(
            () ->
                database
                    .user()
                    .map(forced -> UserLookup.inFile(core.config(), forced))
                    .map(known -> known.orElse(StoredSecret.none()))
                    .orElse(learnt));
  }

  /** Makes the pools whose servers the configuration wants although nobody has asked for them. */
  void keepMinimums() {
    ProxyConfig config = core.config();
    for (DatabaseEntry database : config.databases().values()) {
      database
          .user()
          .filter(user -> config.effective(database, user).minPoolSize() > 0)
          .ifPresent(
              user ->
                  core.operations.created(
                      pools.computeIfAbsent(
                          new PoolKey(database.name(), user),
                          key -> make(database, key, StoredSecret.none()))));
    }
  }

  // ---- clients that replicate

  /** Makes the pool of a client that replicates, and has its place in the shared one. */
  ServerPool replica(ServerPool shared, ServerKind kind) {
    ServerPool pool =
        new ServerPool(core, shared.key, shared.limits(), shared.secret(), kind, shared);
    replicas.add(pool);
    core.operations.created(pool);
    return pool;
  }

  /** A client that replicates has gone. */
  void end(ServerPool replica, ServerPool shared) {
    if (replicas.remove(replica)) {
      core.onWorker(
          () -> {
            replica.end();
            shared.replicas.leave();
          });
    }
  }

  // ---- the end of pools

  /** Looks after all pools. Called several times a second. */
  void tick(long now) {
    for (ServerPool pool : pools.values()) {
      pool.ages.look(now);
      pool.replicas.tick();
      forgetIfUnused(pool, now);
    }
    for (ServerPool pool : core.users.pools()) {
      pool.ages.look(now);
    }
  }

  private void forgetIfUnused(ServerPool pool, long now) {
    Duration unused = pool.unusedFor(now);
    String why = pool.keepsMinimum() ? null : whyForgotten(pool, unused);
    if (why == null) {
      return;
    }
    ServerPool left =
        pools.computeIfPresent(pool.key, (key, same) -> same.unusedFor(now).isZero() ? same : null);
    if (left == null) {
      core.log.log(why);
      core.onWorker(pool::end);
    }
  }

  private @Nullable String whyForgotten(ServerPool pool, Duration unused) {
    Settings settings = core.config().settings();
    if (isOver(settings.poolIdleTimeout(), unused)) {
      return "cleaning up idle pool for user " + pool.key.user() + " on db " + pool.key.database();
    }
    boolean named = core.config().database(pool.key.database()).isPresent();
    return !named && isOver(settings.autodbIdleTimeout(), unused)
        ? "dropping inactive auto-database " + pool.key.database() + " of user " + pool.key.user()
        : null;
  }

  private static boolean isOver(Duration limit, Duration time) {
    return !limit.isZero() && time.compareTo(limit) > 0;
  }

  /** Ends a pool, whose database has been removed. */
  void remove(ServerPool pool, String why) {
    pools.remove(pool.key, pool);
    core.users.forget(pool);
    Operations.fail(pool, why);
    pool.end();
  }

  /** A pool has been made; one that comes after the end ends at once. */
  void made(ServerPool pool) {
    unended.add(pool);
    if (over) {
      pool.end();
    }
  }

  /** A pool has ended. */
  void ended(ServerPool pool) {
    unended.remove(pool);
  }

  /** Every pool that has not ended, those too that are in no table. */
  Collection<ServerPool> unended() {
    return unended;
  }

  private boolean knows(String database) {
    return pools.keySet().stream().anyMatch(key -> key.database().equals(database));
  }

  /** The pools that clients share. */
  Collection<ServerPool> shared() {
    return pools.values();
  }

  /** All pools, with those of clients that replicate, and those that are asked about users. */
  Collection<ServerPool> all() {
    Collection<ServerPool> asked = core.users.pools();
    if (replicas.isEmpty() && asked.isEmpty()) {
      return pools.values();
    }
    List<ServerPool> all = new ArrayList<>(pools.values());
    all.addAll(replicas);
    all.addAll(asked);
    return all;
  }

  /** All pools, with those of servers that listen for clients. */
  Collection<ServerPool> withListeners() {
    List<ServerPool> all = new ArrayList<>(all());
    for (ServerPool pool : pools.values()) {
      pool.listener.pool().ifPresent(all::add);
    }
    return all;
  }

  void close(String why) {
    all().forEach(pool -> pool.close(why));
  }

  /** Ends what is left once the workers have stopped: they may not have come to it. */
  void endAll() {
    over = true;
    unended.forEach(ServerPool::end);
  }
}
