package dev.sluice.proxy;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.ResourceFactory;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.ResourceState;
import dev.sluice.proxy.config.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Opens, checks, cleans and closes servers for the engine, on whose workers it blocks. */
final class ServerFactory implements ResourceFactory<ServerConnection> {
  private static final Duration RESET_LIMIT = Duration.ofSeconds(15);

  /** That nobody listens, that a server starts, and that it has too many sessions. */
  private static final Set<String> MAY_PASS = Set.of("08P01", "57P03", "53300");

  /**
   * How much earlier a client of another loop may have come that waits on for a server of its own.
   */
  private static final Duration PATIENCE = Duration.ofMillis(5);

  private final ServerPool pool;

  ServerFactory(ServerPool pool) {
    this.pool = pool;
  }

  @Override
  public ServerConnection open(Duration timeout) throws Exception {
    if (takesFromReserve()) {
      pool.core.log.warning(pool.key + " taking connection from reserve_pool");
    }
    CompletableFuture<ServerConnection> opening = pool.core.opener.open(pool);
    try {
      ServerConnection server = await(opening, timeout, "connect timeout");
      Optional<String> query = pool.limits().database().connectQuery();
      if (query.isPresent() && !query.get().isBlank()) {
        await(ServerCommand.run(server, query.get()), timeout, "connect timeout");
      }
      return server;
    } catch (Throwable e) {
      opening.completeExceptionally(e instanceof InterruptedException ? interrupted() : e);
      opening.whenComplete(
          (late, failure) -> {
            if (late != null) {
              late.close("login failed");
            }
          });
      throw e;
    }
  }

  /** The engine ends an attempt when its time is over, or when the pool is to have no servers. */
  private ServerFailure interrupted() {
    return new ServerFailure(
        pool.servers.isClosed() ? "server no longer needed" : "connect timeout");
  }

  /** Whether the server that is about to be opened is beyond the pool's own size. */
  private boolean takesFromReserve() {
    return pool.limits().reservePoolSize() > 0
        && !pool.kind.replicates()
        && pool.servers.stats().overflow() > 0;
  }

  @Override
  public boolean validate(ServerConnection server, ResourceInfo info, Duration timeout)
      throws Exception {
    if (server.isClosed()) {
      return false;
    }
    Optional<String> check = settings().serverCheckQuery();
    if (check.isPresent()) {
      await(ServerCommand.run(server, check.get()), timeout, "server check failed");
    }
    return !server.isClosed();
  }

  @Override
  public boolean reset(ServerConnection server, ResourceInfo info) throws Exception {
    Optional<String> query =
        Optional.ofNullable(server.cleanUp).or(() -> settings().serverResetQuery());
    if (query.isPresent()) {
      await(ServerCommand.run(server, query.get()), RESET_LIMIT, "reset query timed out");
      server.cleanUp = null;
    }
    return true;
  }

  private Settings settings() {
    return pool.core.config().settings();
  }

  private <T> T await(CompletableFuture<T> future, Duration limit, String late) throws Exception {
    try {
      return pool.core.machine.await(future, limit);
    } catch (TimeoutException e) {
      throw new ServerFailure(late);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Override
  public void close(ServerConnection server) {
    close(server, CloseReason.DISCARDED);
  }

  @Override
  public void close(ServerConnection server, CloseReason reason) {
    if (!server.isClosed()) {
      server.terminate(words(reason));
    }
    if (settings().logDisconnections()) {
      String why = server.closeReason == null ? "server conn crashed?" : server.closeReason;
      pool.core.log.log(server + " closing because: " + why + " (age=" + age(server) + "s)");
    }
  }

  /** As PgBouncer's log has it. */
  private String words(CloseReason reason) {
    return switch (reason) {
      case GROUP -> "evicted";
      case SURPLUS -> pool.replicas.places() > 0 ? "evicted" : "too many servers in the pool";
      case OVERFLOW, MAX_IDLE -> "too many servers in the pool";
      case INVALID -> "server check failed";
      case RESET_FAILED -> "reset query failed";
      case DISCARDED -> "pause mode";
      default -> "server no longer needed";
    };
  }

  private static long age(ServerConnection server) {
    return (server.pool.core.clock.getAsLong() - server.connectedAt) / 1_000_000_000L;
  }

  @Override
  public void abort(ServerConnection server) {
    server.close("server no longer needed");
  }

  @Override
  public boolean isPermanent(Throwable openFailure) {
    if (!(openFailure instanceof ServerFailure failure)) {
      return false;
    }
    String state = failure.sqlState();
    return pool.kind.replicates()
        ? !MAY_PASS.contains(state)
        : state.startsWith("28") || state.equals("3D000");
  }

  @Override
  public ResourceState.Affinity affinity(ServerConnection server, ResourceState wanted) {
    return wanted instanceof LoopHome home && home.isOf(server)
        ? ResourceState.Affinity.EXACT
        : ResourceState.Affinity.NEUTRAL;
  }

  @Override
  public Duration affinityPatience() {
    return PATIENCE;
  }

  @Override
  public String noun() {
    return "server connection";
  }
}
