package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Overflow, reserve and maxIdle, as a database sees them. */
class BeyondMaxSizeTest {
  @Test
  void sqlAlchemysOverflowIsOpenedOnDemandAndClosedOnReturn() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource ds = pool(db, Map.of("pool_size", 2, "max_overflow", 3))) {
      List<Connection> all = take(ds, 5);
      assertThat(db.openNow()).isEqualTo(5);
      assertThat(ds.stats().overflow()).isEqualTo(3);

      giveBack(all);

      Eventually.await(() -> db.openNow() == 2, () -> db.openNow() + " are open");
      assertThat(ds.stats().closed()).containsEntry(CloseReason.OVERFLOW, 3L);
      assertThat(db.mostOpen()).isEqualTo(5);
    }
  }

  @Test
  void whatABorrowerLeftOpenIsEndedBeforeTheOverflowIsClosed() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource ds =
            pool(db, Map.of("maxSize", 1, "maxOverflow", 1, "onReturn", "COMMIT"))) {
      List<Connection> two = take(ds, 2);
      for (Connection connection : two) {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.executeUpdate("INSERT INTO t VALUES (1)");
        }
      }

      giveBack(two);

      Eventually.await(() -> db.openNow() == 1, () -> db.openNow() + " are open");
      Eventually.await(() -> db.committed().size() == 2, () -> "committed: " + db.committed());
      assertThat(db.lost()).isEmpty();
    }
  }

  @Test
  void noConnectionRestsWhereMaxIdleIsZero() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource ds = pool(db, Map.of("SetMaxIdleConns", 0, "maxSize", 3))) {
      giveBack(take(ds, 3));

      Eventually.await(() -> db.openNow() == 0, () -> db.openNow() + " are open");
      giveBack(take(ds, 1));
      assertThat(db.opened()).isEqualTo(4);
      assertThat(db.mostOpen()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void pgBouncersReserveServesWhoHasWaited() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource ds =
            pool(
                db,
                Map.of(
                    "default_pool_size", 1, "reserve_pool_size", 1, "reserve_pool_timeout", 0.2))) {
      List<Connection> held = take(ds, 1);
      long since = System.nanoTime();

      held.addAll(take(ds, 1));

      assertThat(Duration.ofNanos(System.nanoTime() - since))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
      giveBack(held);
      Eventually.await(() -> db.openNow() == 1, () -> db.openNow() + " are open");
    }
  }

  @Test
  void presetsForNoneForOneAndForTestsDoWhatTheySay() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create()) {
      SluiceBuilder builder = Sluice.dataSource(db.url());
      try (SluiceDataSource none = builder.preset(PoolPresets::unpooled).build()) {
        giveBack(take(none, 2));
        Eventually.await(() -> db.openNow() == 0, () -> db.openNow() + " are open");
      }
      try (SluiceDataSource one = Sluice.dataSource(db.url()).preset(PoolPresets::single).build()) {
        giveBack(take(one, 1));
        giveBack(take(one, 1));
        assertThat(one.stats().opened()).isEqualTo(1);
        assertThat(one.config().warnings()).isEmpty();
      }
      SluiceDataSource asserting =
          Sluice.dataSource(db.url()).preset(PoolPresets::asserting).build();
      Connection forgotten = asserting.getConnection();
      assertThatThrownBy(asserting::close)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("1 lease was still out")
          .hasMessageContaining(Thread.currentThread().getName());
      assertThat(forgotten.isClosed()).isTrue();
    }
  }

  private static SluiceDataSource pool(FakeDatabase db, Map<String, Object> settings) {
    return Sluice.dataSource(db.url()).minSize(0).settings(settings).build();
  }

  private static List<Connection> take(SluiceDataSource ds, int count) throws SQLException {
    List<Connection> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(ds.getConnection());
    }
    return taken;
  }

  private static void giveBack(List<Connection> connections) throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
