package dev.sluice.proxy;

import dev.sluice.pool.PoolStats;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.EffectivePool;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.UserEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The console's tables of pools and what they belong to: DATABASES, POOLS, USERS, LISTS. */
final class PoolTables {
  private static final int CONSOLE_POOL_SIZE = 2;

  private final ProxyCore core;
  private final Operations operations;

  PoolTables(ProxyCore core, Operations operations) {
    this.core = core;
    this.operations = operations;
  }

  // ---- databases

  ConsoleAnswer databases() {
    ConsoleRows rows =
        new ConsoleRows()
            .text("name", "host")
            .int4("port")
            .text("database", "force_user")
            .int4("pool_size", "min_pool_size", "reserve_pool_size", "server_lifetime")
            .text("pool_mode", "load_balance_hosts")
            .int4("max_connections", "current_connections")
            .int4("max_client_connections", "current_client_connections")
            .int4("paused", "disabled");
    Map<String, DatabaseEntry> entries = known();
    entries.values().forEach(entry -> rows.row(database(entry)));
    rows.row(console());
    return rows.answer();
  }

  /** The entries of the file, and those that {@code *} has made, by name. */
  private Map<String, DatabaseEntry> known() {
    Map<String, DatabaseEntry> known = new TreeMap<>(core.config().databases());
    for (ServerPool pool : core.pools.all()) {
      known.putIfAbsent(pool.key.database(), pool.limits().database());
    }
    return known;
  }

  private @Nullable Object[] database(DatabaseEntry entry) {
    EffectivePool limits = core.config().effective(entry, entry.user().orElse(""));
    String name = entry.name();
    return new @Nullable Object[] {
      name,
      entry.host().orElse(null),
      entry.port(),
      entry.serverDatabase(),
      entry.user().orElse(null),
      limits.poolSize(),
      limits.minPoolSize(),
      limits.reservePoolSize(),
      limits.serverLifetime().toSeconds(),
      entry.poolMode().map(PoolTables::text).orElse(null),
      balance(entry),
      limits.maxDbConnections(),
      serversOf(name),
      limits.maxDbClientConnections(),
      clientsOf(name),
      operations.isPaused(name) ? 1 : 0,
      operations.isDisabled(name) ? 1 : 0
    };
  }

  private static @Nullable String balance(DatabaseEntry entry) {
    return entry.loadBalanceHosts().map(PoolTables::text).orElse(null);
  }

  private @Nullable Object[] console() {
    ProxyConfig config = core.config();
    return new @Nullable Object[] {
      ConsoleRight.DATABASE,
      null,
      config.settings().listenPort(),
      ConsoleRight.DATABASE,
      ConsoleRight.OWNER,
      CONSOLE_POOL_SIZE,
      0,
      0,
      config.settings().serverLifetime().toSeconds(),
      "statement",
      null,
      0,
      0,
      config.settings().maxDbClientConnections(),
      clientsOf(ConsoleRight.DATABASE),
      0,
      0
    };
  }

  private static String text(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private int serversOf(String database) {
    int size = 0;
    for (ServerPool pool : core.pools.withListeners()) {
      if (pool.key.database().equals(database)) {
        size += pool.servers.size();
      }
    }
    return size;
  }

  private int clientsOf(String database) {
    int clients = 0;
    for (ClientConnection client : core.clients.all()) {
      if (client.state != ClientConnection.State.LOGIN && client.database.equals(database)) {
        clients++;
      }
    }
    return clients;
  }

  // ---- pools

  ConsoleAnswer pools() {
    ConsoleRows rows =
        new ConsoleRows()
            .text("database", "user")
            .int4("cl_active", "cl_waiting", "cl_active_cancel_req", "cl_waiting_cancel_req")
            .int4("sv_active", "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used")
            .int4("sv_tested", "sv_login", "maxwait", "maxwait_us")
            .text("pool_mode", "load_balance_hosts");
    sortedPools().forEach(pool -> rows.row(pool(pool)));
    rows.row(
        ConsoleRight.DATABASE,
        ConsoleRight.OWNER,
        clientsOf(ConsoleRight.DATABASE),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        "statement",
        null);
    return rows.answer();
  }

  List<ServerPool> sortedPools() {
    List<ServerPool> pools = new ArrayList<>(core.pools.shared());
    pools.sort(
        Comparator.comparing((ServerPool pool) -> pool.key.database())
            .thenComparing(pool -> pool.key.user()));
    return pools;
  }

  private @Nullable Object[] pool(ServerPool pool) {
    PoolStats stats = pool.servers.stats();
    long replicas = core.pools.all().stream().filter(other -> isReplicaOf(other, pool)).count();
    PoolClients clients = PoolClients.of(pool);
    return new @Nullable Object[] {
      pool.key.database(),
      pool.key.user(),
      clients.active(),
      clients.waiting(),
      0,
      0,
      stats.active() + replicas + pool.listener.servers(),
      0,
      0,
      stats.idle(),
      0,
      stats.checking(),
      stats.opening(),
      clients.longestWaitMicros() / 1_000_000,
      clients.longestWaitMicros() % 1_000_000,
      text(pool.limits().poolMode()),
      balance(pool.limits().database())
    };
  }

  private static boolean isReplicaOf(ServerPool other, ServerPool pool) {
    return other.kind.replicates() && other.key.equals(pool.key);
  }

  // ---- users

  ConsoleAnswer users() {
    ConsoleRows rows =
        new ConsoleRows()
            .text("name", "pool_size", "reserve_pool_size", "pool_mode")
            .int4("max_user_connections", "current_connections")
            .int4("max_user_client_connections", "current_client_connections");
    for (String name : userNames()) {
      UserEntry user = core.config().user(name);
      rows.row(
          name,
          padded(user.poolSize()),
          padded(user.reservePoolSize()),
          user.poolMode().map(PoolTables::text).orElse(null),
          user.maxUserConnections().orElse(core.config().settings().maxUserConnections()),
          serversFor(name),
          user.maxUserClientConnections()
              .orElse(core.config().settings().maxUserClientConnections()),
          core.counts.ofUser(name));
    }
    return rows.answer();
  }

  private Set<String> userNames() {
    Set<String> names = new TreeSet<>(core.config().users().keySet());
    names.addAll(core.config().userList().secrets().keySet());
    names.add(ConsoleRight.OWNER);
    core.pools.all().forEach(pool -> names.add(pool.key.user()));
    return names;
  }

  /** PgBouncer shows these numbers as text of nine places. */
  private static String padded(OptionalInt number) {
    return number.isPresent() ? String.format("%9d", number.getAsInt()) : "";
  }

  private int serversFor(String user) {
    int size = 0;
    for (ServerPool pool : core.pools.withListeners()) {
      if (pool.key.user().equals(user)) {
        size += pool.servers.size();
      }
    }
    return size;
  }

  // ---- lists

  ConsoleAnswer lists() {
    int login = 0;
    int used = 0;
    for (ClientConnection client : core.clients.all()) {
      if (client.state == ClientConnection.State.LOGIN) {
        login++;
      } else {
        used++;
      }
    }
    int free = 0;
    int busy = 0;
    for (ServerPool pool : core.pools.withListeners()) {
      PoolStats stats = pool.servers.stats();
      free += stats.idle();
      busy += stats.size() - stats.idle();
    }
    ConsoleRows rows = new ConsoleRows().text("list").int4("items");
    rows.row("databases", known().size() + 1);
    rows.row("users", userNames().size());
    rows.row("peers", core.config().peers().size());
    rows.row("pools", core.pools.shared().size() + 1);
    rows.row("peer_pools", 0);
    rows.row("free_clients", 0);
    rows.row("used_clients", used);
    rows.row("login_clients", login);
    rows.row("free_servers", free);
    rows.row("used_servers", busy);
    rows.row("dns_names", core.hosts.hosts().size());
    rows.row("dns_zones", core.hosts.zoneTable().size());
    rows.row("dns_queries", core.hosts.pending());
    rows.row("dns_pending", 0);
    return rows.answer();
  }
}
