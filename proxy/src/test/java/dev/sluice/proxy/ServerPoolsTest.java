package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.ProxyConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No pool outlives the sidecar, wherever its end comes in between. */
class ServerPoolsTest {
  private static final ServerKind REPLICATING =
      ServerKind.replicating(Replication.LOGICAL, Map.of());

  private ProxyCore core;
  private ServerPool shared;

  @BeforeEach
  void make() throws ConfigException {
    ProxyConfig config =
        ProxyConfig.of("[databases]\nd = host=127.0.0.1\n[pgbouncer]\n", Path.of("x.ini"));
    PrintStream console =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    core = new ProxyCore(config, OwnConfig.NONE, new SidecarLog(console), 1);
    DatabaseEntry database = config.database("d").orElseThrow();
    shared =
        new ServerPool(
            core, new PoolKey("d", "u"), config.effective(database, "u"), StoredSecret.none());
  }

  @Test
  void poolWhoseEndNoWorkerCameToEndsWithTheSidecar() throws InterruptedException {
    ServerPool replica = core.pools.replica(shared, REPLICATING);
    CountDownLatch busy = new CountDownLatch(RealMachine.WORKERS);
    for (int i = 0; i < RealMachine.WORKERS; i++) {
      core.workers.execute(
          () -> {
            busy.countDown();
            waitForTheEnd();
          });
    }
    busy.await();
    core.pools.end(replica, shared);
    assertThat(replica.servers.isClosed()).isFalse();

    core.pools.close("server shutting down");
    core.close();

    assertThat(replica.servers.isClosed()).isTrue();
    assertThat(shared.servers.isClosed()).isTrue();
  }

  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void poolOfAClientThatLeavesAfterTheEndHasEnded() {
    ServerPool replica = core.pools.replica(shared, REPLICATING);

    core.close();
    core.pools.end(replica, shared);

    assertThat(replica.servers.isClosed()).isTrue();
  }

  @Test
  void poolThatComesAfterTheEndEndsAtOnce() {
    core.close();

    assertThat(core.pools.replica(shared, REPLICATING).servers.isClosed()).isTrue();
  }
}
