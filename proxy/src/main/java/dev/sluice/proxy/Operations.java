package dev.sluice.proxy;

import dev.sluice.pool.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has ordered: whether servers are lent, which databases take clients, and whether
 * the sidecar is about to end. Thread-safe; no method blocks.
 *
 * <p><b>Lending.</b>
 *
 * <pre>
 *   ACTIVE → PAUSED      PAUSE, KILL; done when no server is in use
 *   ACTIVE → SUSPENDED   SUSPEND
 *   PAUSED, SUSPENDED → ACTIVE   RESUME; refused once the sidecar is about to end
 * </pre>
 *
 * A single database is paused and resumed beside that, and lends only if neither is in force.
 *
 * <p><b>The end.</b> It only ever comes nearer:
 *
 * <pre>
 *   NO → SERVERS   listens no more on TCP, and lends no more; ends when no server is in use; clients
 * that wait are refused
 *   NO → CLIENTS   listens no more on TCP; ends when the last client has gone
 *   any → NOW
 * </pre>
 */
final class Operations {
  enum Lending {
    ACTIVE,
    PAUSED,
    SUSPENDED
  }

  enum End {
    NO,
    SERVERS,
    CLIENTS,
    NOW
  }

  static final String KILLED = "admin forced disconnect";
  private static final String ENDING = "pooler is shutting down";

  /** Somebody waits until something holds. */
  private record Waiter(BooleanSupplier holds, CompletableFuture<Void> done) {}

  private final ProxyCore core;
  private final Set<String> paused = ConcurrentHashMap.newKeySet();
  private final Set<String> disabled = ConcurrentHashMap.newKeySet();
  private final List<Waiter> waiters = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private volatile Lending lending = Lending.ACTIVE;
  private volatile End end = End.NO;
  private Runnable stopListening = () -> {};

  Operations(ProxyCore core) {
    this.core = core;
  }

  // ---- what is in force

  Lending lending() {
    return lending;
  }

  End end() {
    return end;
  }

  boolean isPaused(String database) {
    return lending != Lending.ACTIVE || paused.contains(database);
  }

  boolean isDisabled(String database) {
    return disabled.contains(database);
  }

  /** Why a client may not log in to the database now; null if it may. */
  @Nullable String refusal(String database) {
    if (end != End.NO) {
      return ENDING;
    }
    return disabled.contains(database) ? "database \"" + database + "\" is disabled" : null;
  }

  /** Why clients should go elsewhere; null if they are welcome. */
  @Nullable String notReady() {
    if (end != End.NO) {
      return ENDING;
    }
    return lending == Lending.ACTIVE ? null : lending.name().toLowerCase(Locale.ROOT);
  }

  /** Completes when the sidecar must end. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Sets what closes the TCP listeners. */
  synchronized void onStopListening(Runnable stop) {
    stopListening = stop;
  }

  /** A pool has been made, and must heed what is in force. */
  synchronized void created(ServerPool pool) {
    if (isPaused(pool.key.database())) {
      pool.servers.suspend();
    }
  }

  // ---- lending

  /** Pauses all databases; completes when no server is in use. */
  synchronized CompletableFuture<Void> pause() throws ConsoleException {
    requireLending();
    lending = Lending.PAUSED;
    return drained(pool -> true);
  }

  /** Pauses one database; completes when none of its servers is in use. */
  synchronized CompletableFuture<Void> pause(String database) throws ConsoleException {
    requireLending();
    paused.add(database);
    return drained(of(database));
  }

  private void requireLending() throws ConsoleException {
    if (end != End.NO) {
      throw new ConsoleException(ENDING);
    }
    if (lending != Lending.ACTIVE) {
      throw new ConsoleException("already suspended/paused");
    }
  }

  private CompletableFuture<Void> drained(Predicate<ServerPool> which) {
    pools(which).forEach(pool -> pool.servers.suspend());
    return when(() -> isDrained(which));
  }

  /** Whether no server is in use; closes those that are not, as PgBouncer does in a pause. */
  private boolean isDrained(Predicate<ServerPool> which) {
    boolean drained = true;
    for (ServerPool pool : pools(which)) {
      PoolStats stats = pool.servers.stats();
      drained &= stats.active() == 0 && stats.checking() == 0;
    }
    if (drained && end == End.NO) {
      pools(which).forEach(pool -> pool.servers.evictIdle(info -> true));
    }
    return drained;
  }

  /** Lends again everywhere. */
  synchronized void resume() throws ConsoleException {
    requireNoEnd();
    if (lending == Lending.ACTIVE) {
      throw new ConsoleException("pooler is not paused/suspended");
    }
    lending = Lending.ACTIVE;
    lendAgain();
  }

  /** Lends one database's servers again. */
  synchronized void resume(String database) throws ConsoleException {
    requireNoEnd();
    if (!paused.remove(database)) {
      throw new ConsoleException("database " + database + " is not paused");
    }
    lendAgain();
  }

  private void requireNoEnd() throws ConsoleException {
    if (end != End.NO) {
      throw new ConsoleException(ENDING);
    }
  }

  private void lendAgain() {
    for (ServerPool pool : core.pools.all()) {
      if (!isPaused(pool.key.database())) {
        pool.servers.resume();
      }
    }
  }

  /** Lends no more until {@link #resume}; clients keep the servers that they have. */
  synchronized void suspend() throws ConsoleException {
    requireLending();
    lending = Lending.SUSPENDED;
    pools(pool -> true).forEach(pool -> pool.servers.suspend());
  }

  /** The console that suspended has gone: nobody else would resume. */
  synchronized void suspenderLeft() {
    if (lending == Lending.SUSPENDED && end == End.NO) {
      lending = Lending.ACTIVE;
      lendAgain();
    }
  }

  // ---- databases, servers and clients

  void disable(String database) {
    disabled.add(database);
  }

  void enable(String database) {
    disabled.remove(database);
  }

  /** Replaces all servers, each as soon as nobody uses it; of all databases without a name. */
  void reconnect(String database) {
    pools(of(database)).forEach(pool -> retire(pool, "database configuration changed"));
  }

  /** Replaces the servers of a pool, each as soon as nobody uses it. */
  static void retire(ServerPool pool, String why) {
    pool.servers.forEachResource((server, info) -> server.retire(why));
    pool.forgetWelcome();
    pool.listener.retire(why);
    pool.servers.refresh(why);
  }

  /** Replaces some servers of a pool, each as soon as nobody uses it. */
  static void retire(ServerPool pool, String why, Predicate<ServerConnection> which) {
    Set<Long> retired = ConcurrentHashMap.newKeySet();
    pool.servers.forEachResource(
        (server, info) -> {
          if (which.test(server)) {
            server.retire(why);
            retired.add(info.id());
            if (server.owner() instanceof Listener listener) {
              listener.retire(why);
            }
          }
        });
    if (!retired.isEmpty()) {
      pool.forgetWelcome();
      pool.servers.evictIdle(info -> retired.contains(info.id()));
    }
  }

  /** Completes when no server is left that was to be replaced. */
  CompletableFuture<Void> closed(String database) {
    return when(() -> pools(of(database)).stream().noneMatch(Operations::hasRetired));
  }

  private static boolean hasRetired(ServerPool pool) {
    boolean[] found = new boolean[1];
    pool.servers.forEachResource((server, info) -> found[0] |= server.obsolete);
    return found[0];
  }

  /** Ends all clients and servers of a database, or of all without a name, and pauses it. */
  synchronized void kill(String database) throws ConsoleException {
    requireLending();
    if (database.isEmpty()) {
      lending = Lending.PAUSED;
    } else {
      paused.add(database);
    }
    for (ServerPool pool : pools(of(database))) {
      pool.servers.suspend();
      fail(pool, KILLED);
      pool.servers.forEachResource((server, info) -> server.close(KILLED));
      pool.servers.evictIdle(info -> true);
    }
  }

  /** Ends the clients of a pool with an error. */
  static void fail(ServerPool pool, String why) {
    for (ClientConnection client : pool.clients()) {
      client.channel.eventLoop().execute(() -> client.fail("08P01", why));
    }
  }

  /** Ends a client. */
  void killClient(long id) throws ConsoleException {
    ClientConnection client = core.clients.get(id);
    if (client == null) {
      throw new ConsoleException("client not found");
    }
    client.channel.eventLoop().execute(() -> client.fail("08P01", KILLED));
  }

  private List<ServerPool> pools(Predicate<ServerPool> which) {
    return core.pools.all().stream().filter(which).toList();
  }

  private static Predicate<ServerPool> of(String database) {
    return pool -> database.isEmpty() || pool.key.database().equals(database);
  }

  // ---- the end

  /** Ends, now or when nobody uses it any more. Whether that is news. */
  synchronized boolean end(End how) {
    if (how.compareTo(end) <= 0 || (end == End.SERVERS && how == End.CLIENTS)) {
      return false;
    }
    end = how;
    if (how == End.SERVERS) {
      pools(pool -> true).forEach(pool -> pool.servers.suspend());
      lending = Lending.PAUSED;
    }
    if (how != End.NOW) {
      stopListening.run();
    }
    return true;
  }

  private boolean mayEnd() {
    return switch (end) {
      case NO -> false;
      case SERVERS -> isDrained(pool -> true);
      case CLIENTS -> core.clients.all().stream().noneMatch(client -> client.pool != null);
      case NOW -> true;
    };
  }

  // ---- waiting

  private synchronized CompletableFuture<Void> when(BooleanSupplier holds) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiters.add(new Waiter(holds, done));
    return done;
  }

  /** Looks whether what somebody waits for holds by now. Called several times a second. */
  void tick() {
    for (Waiter waiter : snapshot()) {
      if (waiter.done.isDone() || waiter.holds.getAsBoolean()) {
        forget(waiter);
        waiter.done.complete(null);
      }
    }
    if (end == End.SERVERS) {
      refuseWaiting();
    }
    if (end != End.NO && mayEnd()) {
      ended.complete(null);
    }
  }

  private synchronized List<Waiter> snapshot() {
    return waiters.isEmpty() ? List.of() : List.copyOf(waiters);
  }

  private synchronized void forget(Waiter waiter) {
    waiters.remove(waiter);
  }

  private void refuseWaiting() {
    for (ClientConnection client : core.clients.all()) {
      if (client.state == ClientConnection.State.WAITING) {
        client.channel.eventLoop().execute(() -> client.fail("08P01", "server shutting down"));
      }
    }
  }
}
