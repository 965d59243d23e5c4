package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads go to replicas, writes to the primary. */
class ReadWriteDataSourceTest {
  private final FakePool primary = new FakePool(b -> b.name("primary"));
  private final FakePool first =
      new FakePool(b -> b.name("first").acquireTimeout(Duration.ofMillis(200)));
  private final FakePool second =
      new FakePool(b -> b.name("second").acquireTimeout(Duration.ofMillis(200)));
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
  void readersGoOnWhileAReplicaIsDown() throws SQLException {
    second.db.refuseConnections();
    try (Connection busy = first.ds.getConnection();
        Connection c = both.forReads().getConnection()) {
      assertThat(busy.isClosed()).isFalse();
      assertThat(c.isReadOnly()).isTrue();
      assertThat(primary.ds.stats().active() + first.ds.stats().active()).isEqualTo(2);
    }
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
