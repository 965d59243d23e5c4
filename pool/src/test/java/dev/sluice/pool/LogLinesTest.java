package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a pool writes to its log, and what the lines say, in virtual time. */
class LogLinesTest {
  private final SteppedPlatform platform = new SteppedPlatform();
  private final FakeResources resources = new FakeResources();
  private final PoolLog log = new PoolLog("lines");

  @AfterEach
  void closeLog() {
    log.close();
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws AcquireException {
    PoolConfig built = config.name("lines").minSize(0).resumeGuard(false).build();
    return Pool.create(built, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  @Test
  void knownBug51LeaksGetOneLineASecondAndTheListenerHearsOfAll() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(PoolConfig.builder().maxSize(20).leakThreshold(Duration.ofSeconds(2)));
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      leases.add(pool.acquire());
    }

    platform.pass(1);
    platform.pass(3_000);

    assertThat(log.messages()).hasSize(1);
    assertThat(pool.stats().leaked()).isEqualTo(20);
    platform.pass(1_000);
    assertThat(log.messages())
        .hasSize(2)
        .last()
        .asString()
        .contains("leases held for longer than leakThreshold: 19 more, the longest 3.");
    leases.forEach(Lease::close);
    pool.close(Duration.ZERO);
  }

  @Test
  void endOfALeaseThatWasReportedAsLeakedIsTold() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(PoolConfig.builder().maxSize(1).leakThreshold(Duration.ofSeconds(2)));
    Lease<Thing> lease = pool.acquire();
    platform.pass(1);
    platform.pass(3_000);

    platform.stopped(5_000);
    lease.close();
    platform.pass(0);

    assertThat(log.messages())
        .hasSize(2)
        .last()
        .asString()
        .contains("lease #1.1, which was reported as leaked, came back after 8.0 s");
    pool.close(Duration.ZERO);
  }

  @Test
  void framesOfInfrastructureAreLeftOut() {
    List<StackTraceElement> stack =
        List.of(
            new StackTraceElement("app", null, null, "org.h2.Driver", "run", "Driver.java", 1),
            new StackTraceElement(
                "org.springframework.jdbc.core.JdbcTemplate", "query", "JdbcTemplate.java", 2),
            new StackTraceElement("app", null, null, "shop.Orders", "load", "Orders.java", 3),
            new StackTraceElement("java.lang.Thread", "run", "Thread.java", 4),
            new StackTraceElement("shop.Web", "handle", "Web.java", 5));

    assertThat(Stacks.caller(stack))
        .isEqualTo("shop.Orders.load(Orders.java:3) < shop.Web.handle(Web.java:5)");
    assertThat(Stacks.caller(stack.subList(0, 2))).isEqualTo("org.h2.Driver.run(Driver.java:1)");
  }
}
