package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.PoolGroup;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data sources that share a cap, as their database sees them. */
class GroupedDataSourcesTest {
  private final PoolGroup group = PoolGroup.of("server", 4);

  @Test
  void allTogetherHoldNoMoreThanTheCap() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource orders = pool(db, "orders");
        SluiceDataSource reports = pool(db, "reports")) {
      List<Connection> taken = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        taken.add(orders.getConnection());
      }
      taken.add(reports.getConnection());

      assertThatThrownBy(() -> reports.getConnection(Duration.ofMillis(300)))
          .isInstanceOf(PoolExhaustedException.class)
          .hasMessageContaining("group 'server': 4 of 4 (orders 3, reports 1)");
      for (Connection connection : taken) {
        connection.close();
      }
      taken.clear();
      for (int i = 0; i < 3; i++) { // what rests in the other pool is closed for them
        taken.add(reports.getConnection());
      }
      for (Connection connection : taken) {
        connection.close();
      }

      assertThat(db.mostOpen()).isLessThanOrEqualTo(4);
    }
    Eventually.await(() -> group.size() == 0, group::toString);
  }

  @Test
  void poolForWhichTheGroupHasNoRoomIsRefused() throws SQLException {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource orders = Sluice.dataSource(db.url()).minSize(3).group(group).build()) {
      assertThatThrownBy(() -> Sluice.dataSource(db.url()).minSize(2).group(group).build())
          .isInstanceOf(SluiceConfigException.class)
          .hasMessageContaining("its pools are sure of 5 resources");

      assertThat(orders.config().pool().group()).containsExactly(group);
    }
  }

  private SluiceDataSource pool(FakeDatabase db, String name) {
    return Sluice.dataSource(db.url()).name(name).minSize(0).group(group).build();
  }
}
