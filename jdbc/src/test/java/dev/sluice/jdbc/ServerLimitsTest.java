package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.ServerLimits.Limit;
import dev.sluice.testkit.CallRecord;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pool makes of its server's limits, and of a server that does not tell them. */
class ServerLimitsTest {
  private static final Limit SERVER = new Limit(97, "(max_connections 100 less 3 reserved)", "x");
  private static final Limit ROLE = new Limit(40, "to the role app (rolconnlimit)", "y");

  @Test
  void nothingIsSaidWhereAllPoolsFit() {
    assertThat(ServerLimits.warning(List.of(SERVER), 97, 1)).isNull();
    assertThat(ServerLimits.warning(List.of(SERVER, ROLE), 10, 4)).isNull();
    assertThat(ServerLimits.warning(List.of(), 1000, 1000)).isNull();
    assertThat(ServerLimits.warning(List.of(new Limit(0, "", "")), 10, 1)).isNull();
  }

  @Test
  void lowestLimitIsComparedAndTheShareNamed() {
    assertThat(ServerLimits.warning(List.of(SERVER, ROLE), 12, 4))
        .isEqualTo(
            "maxSize 12 × expectedInstances 4 = 48 connections, but the server allows 40 to the"
                + " role app (rolconnlimit). Beyond that it refuses logins. Set maxSize to 10 or"
                + " less, or raise the limit (y). Where a pooler such as PgBouncer stands in"
                + " between, its own limits count: set expectedInstances to 0");
    assertThat(ServerLimits.warning(List.of(SERVER), 98, 1)).contains("Set maxSize to 97 or less");
    assertThat(ServerLimits.warning(List.of(SERVER), 10_000, 100_000))
        .contains("= 1000000000 connections")
        .contains("Run 97 instances or fewer");
  }

  private static boolean asked(FakePool pool) {
    return pool.db.calls().stream().map(CallRecord::toString).anyMatch(c -> c.contains("rolname"));
  }

  @Test
  void serverThatCannotBeAskedCostsNeitherAWarningNorTheConnection() throws Exception {
    try (JdbcLog log = new JdbcLog();
        FakePool pool = new FakePool("PostgreSQL", b -> b.minSize(0).maxSize(1000))) {
      pool.ds.getConnection().close();
      pool.db.when("Statement.executeQuery").then(Fault.fail("42704"));

      Eventually.await(() -> asked(pool), "the server is asked");
      Eventually.await(() -> pool.ds.stats().idle() == 1, "the connection is idle again");
      pool.db.clearFaults();

      pool.ds.getConnection().close();
      assertThat(pool.ds.stats().opened()).isEqualTo(1);
      assertThat(log.records).noneMatch(r -> r.getMessage().contains("refuses logins"));
    }
  }

  @Test
  void serverIsNotAskedWhereNoInstancesAreExpected() throws Exception {
    try (FakePool pool = new FakePool("PostgreSQL", b -> b.expectedInstances(0));
        FakePool other = new FakePool("PostgreSQL", b -> b)) {
      pool.ds.getConnection().close();
      other.ds.getConnection().close();

      Eventually.await(() -> asked(other), "the other one's server is asked");
      assertThat(asked(pool)).isFalse();
    }
  }
}
