package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads go to replicas, writes to the primary. */
class ReadWriteDataSourceTest {
  private final FakePool primary = new FakePool(b -> b.name("primary"));
  private final FakePool first = new FakePool(b -> b.name("first"));
  private final FakePool second = new FakePool(b -> b.name("second"));
  private final ReadWriteDataSource both = ReadWriteDataSource.of(primary.ds, first.ds, second.ds);

  @AfterEach
  void close() {
    second.close();
    first.close();
    primary.close();
  }

  @Test
  void writersGetThePrimary() throws SQLException {
    try (Connection c = both.getConnection()) {
      assertThat(c.isReadOnly()).isFalse();
      assertThat(primary.ds.stats().active()).isEqualTo(1);
      assertThat(both.forWrites()).isSameAs(primary.ds);
    }
  }

  @Test
  void readersGetTheLeastBusyReplicaReadOnly() throws SQLException {
    try (Connection a = both.forReads().getConnection();
        Connection b = both.forReads().getConnection()) {
      assertThat(a.isReadOnly()).isTrue();
      assertThat(b.isReadOnly()).isTrue();
      assertThat(first.ds.stats().active()).isEqualTo(1);
      assertThat(second.ds.stats().active()).isEqualTo(1);
      assertThat(primary.ds.stats().active()).isZero();
    }
  }

  @Test
  void readOnlyDoesNotReachTheNextBorrower() throws SQLException {
    both.forReads().getConnection().close();
    try (Connection c = first.ds.getConnection()) {
      assertThat(c.isReadOnly()).isFalse();
    }
  }

  @Test
  void readersGoOnWhileAReplicaIsDownAndAnotherBusy() throws SQLException {
    try (FakePool busy = impatient("busy");
        FakePool down = impatient("down")) {
      down.db.refuseConnections();
      ReadWriteDataSource some = ReadWriteDataSource.of(primary.ds, busy.ds, down.ds);
      try (Connection held = busy.ds.getConnection(Timing.LONG);
          Connection c = some.forReads().getConnection()) {
        assertThat(held.isClosed()).isFalse();
        assertThat(c.isReadOnly()).isTrue();
        assertThat(primary.ds.stats().active()).isEqualTo(1);
      }
    }
  }

  private static FakePool impatient(String name) {
    return new FakePool(b -> b.name(name).acquireTimeout(Timing.SMALL));
  }

  @Test
  void readersOfNowhereAreToldEveryFailure() {
    primary.ds.close();
    first.ds.close();
    second.ds.close();
    assertThatThrownBy(() -> both.forReads().getConnection())
        .isInstanceOf(SQLException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
  }

  @Test
  void otherUsersAreRefused() {
    assertThatThrownBy(() -> both.forReads().getConnection("x", "y"))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
  }

  @Test
  void unwrapsToItselfAndToThePrimary() throws SQLException {
    assertThat(both.unwrap(ReadWriteDataSource.class)).isSameAs(both);
    assertThat(both.forReads().unwrap(SluiceDataSource.class)).isSameAs(primary.ds);
    assertThat(both.isWrapperFor(SluiceDataSource.class)).isTrue();
  }
}
