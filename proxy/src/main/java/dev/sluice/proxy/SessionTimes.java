package dev.sluice.proxy;

import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.Outstanding;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.config.EffectivePool;
import dev.sluice.proxy.config.SluiceSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a client's query, transaction and wait began: for the statistics and the limits on time. */
final class SessionTimes {
  private final ServerPool pool;

  private long waitBegan;
  private boolean toldOfTheWait;
  private long queryBegan;
  private long transactionBegan;

  /** What the log has said of the transaction. */
  private boolean reportedLong;

  private boolean reportedIdle;

  /** When the client or its server last did something. */
  private long lastActive;

  SessionTimes(ServerPool pool) {
    this.pool = pool;
    this.lastActive = now();
  }

  private long now() {
    return pool.core.clock.getAsLong();
  }

  /** The client waits for a server from now on, which it returns. */
  long waits() {
    waitBegan = now();
    toldOfTheWait = false;
    return waitBegan;
  }

  /** Whether the client waits so long that it must be told; true once for each wait. */
  boolean tellsOfTheWait(long now) {
    if (toldOfTheWait || !isOver(pool.limits().settings().queryWaitNotify(), waitBegan, now)) {
      return false;
    }
    toldOfTheWait = true;
    return true;
  }

  /** The client has got a server. */
  void begins(long now) {
    pool.stats.assigned(now - waitBegan);
    lastActive = now;
  }

  /** A message of the client goes to the server. */
  void request(byte type) {
    if (queryBegan != 0 || type == Frontend.COPY_DATA) {
      return;
    }
    queryBegan = now();
    reportedIdle = false;
    if (transactionBegan == 0) {
      transactionBegan = queryBegan;
      reportedLong = false;
    }
  }

  /**
   * The server is ready again.
   *
   * @param more whether it has the next requests already, which count from now on
   */
  void ready(TransactionStatus status, boolean more) {
    long now = now();
    lastActive = now;
    if (queryBegan != 0) {
      pool.stats.query(now - queryBegan);
      queryBegan = more ? now : 0;
    }
    if (status == TransactionStatus.IDLE && transactionBegan != 0) {
      pool.stats.transaction(now - transactionBegan);
      transactionBegan = more ? now : 0;
      reportedLong = false;
    }
  }

  /**
   * The client has no server any more. It was last active when it got the server, or when that was
   * ready: a server that goes back in good order has just been one of the two.
   */
  void ends() {
    queryBegan = 0;
    transactionBegan = 0;
  }

  /** Logs who holds a transaction open for long, if sluice.toml asks for that. */
  void report(ClientConnection client, @Nullable ServerConnection server, long now) {
    if (transactionBegan == 0 || server == null) {
      return;
    }
    SluiceSettings own = pool.core.own.settings();
    if (!reportedLong && isOver(own.reportTransaction(), transactionBegan, now)) {
      reportedLong = true;
      report(client, server, "transaction or query for " + seconds(now - transactionBegan));
    }
    if (!reportedIdle
        && isIdleInside(server.outstanding)
        && isOver(own.reportIdleTransaction(), lastActive, now)) {
      reportedIdle = true;
      report(client, server, "idle in a transaction for " + seconds(now - lastActive));
    }
  }

  private void report(ClientConnection client, ServerConnection server, String what) {
    String application = client.parameters.get("application_name");
    pool.core.log.warning(
        client
            + " "
            + what
            + ", application "
            + (application == null || application.isEmpty() ? "unknown" : application)
            + ", server process "
            + server.remoteProcess);
  }

  private static String seconds(long nanos) {
    return nanos / 1_000_000_000 + " s";
  }

  /** Why the client must go; null if it may stay. */
  @Nullable String exceeded(
      long now, @Nullable ServerConnection server, ClientConnection.State state) {
    EffectivePool limits = pool.limits();
    if (server != null) {
      return server.obsolete && mayCut(server) ? server.closeReason : inUse(now, server, limits);
    }
    return switch (state) {
      case IDLE ->
          isOver(limits.clientIdleTimeout(), lastActive, now) ? "client_idle_timeout" : null;
      case WAITING -> isOver(limits.queryTimeout(), waitBegan, now) ? "query_timeout" : null;
      default -> null;
    };
  }

  /** Whether a server that is to be replaced may be taken from its client before that leaves. */
  private boolean mayCut(ServerConnection server) {
    return pool.kind.replicates()
        || (pool.limits().settings().serverFastClose() && server.outstanding.isIdle());
  }

  private @Nullable String inUse(long now, ServerConnection server, EffectivePool limits) {
    Outstanding outstanding = server.outstanding;
    if (queryBegan != 0 && isOver(limits.queryTimeout(), queryBegan, now)) {
      return "query timeout";
    }
    if (isIdleInside(outstanding) && isOver(limits.idleTransactionTimeout(), lastActive, now)) {
      return "idle transaction timeout";
    }
    return transactionBegan != 0 && isOver(limits.transactionTimeout(), transactionBegan, now)
        ? "transaction timeout"
        : null;
  }

  private static boolean isIdleInside(Outstanding outstanding) {
    return outstanding.isAnswered() && outstanding.status() != TransactionStatus.IDLE;
  }

  private static boolean isOver(Duration limit, long since, long now) {
    return !limit.isZero() && now - since > limit.toNanos();
  }
}
