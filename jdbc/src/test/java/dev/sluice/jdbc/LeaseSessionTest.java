package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.ResourceState;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The session state of a lease: who gets which connection, and which calls it costs. */
class LeaseSessionTest {
  private static final SessionState A = SessionState.NONE.withSchema("a");
  private static final SessionState B = SessionState.NONE.withSchema("b");

  private static AcquireOptions in(SessionState state) {
    return AcquireOptions.DEFAULT.withSession(state);
  }

  @Test
  void sameStateAgainCostsNoCall() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.getConnection(in(A)).close();
      long before = pool.db.callCount();

      Connection again = pool.ds.getConnection(in(A));
      String schema = pool.session().schema();
      again.close();

      assertThat(schema).isEqualTo("a");
      assertThat(pool.callsSince(before)).doesNotContain("setSchema[a]", "getSchema[]");
    }
  }

  @Test
  void anotherStateIsSetDirectlyAndNoneIsTheInitialOne() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.getConnection(in(A)).close();
      long before = pool.db.callCount();

      pool.ds.getConnection(in(B)).close();
      try (Connection plain = pool.get()) {
        assertThat(plain.getSchema()).isEqualTo("public");
      }

      assertThat(pool.callsSince(before))
          .filteredOn(call -> call.startsWith("setSchema"))
          .containsExactly("setSchema[b]", "setSchema[public]");
    }
  }

  @Test
  void connectionInTheStateIsPreferredThenOneInNone() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.maxSize(3))) {
      List<Connection> all = new ArrayList<>();
      all.add(pool.ds.getConnection(in(A)));
      all.add(pool.ds.getConnection(in(B)));
      all.add(pool.get());
      List<Object> physical = new ArrayList<>();
      for (Connection connection : all) {
        physical.add(connection.unwrap(Connection.class));
        connection.close();
      }

      try (Connection b = pool.ds.getConnection(in(B));
          Connection a = pool.ds.getConnection(in(A));
          Connection c = pool.ds.getConnection(in(SessionState.NONE.withSchema("c")))) {
        assertThat(List.<Object>of(a, b, c))
            .map(connection -> ((Connection) connection).unwrap(Connection.class))
            .isEqualTo(physical);
      }
    }
  }

  @Test
  void whoWaitsIsServedFirstWhateverTheState() throws Exception {
    try (FakePool pool = new FakePool()) {
      Connection held = pool.ds.getConnection(in(A));
      CompletableFuture<Connection> first = pool.ds.getConnectionAsync(in(B));
      CompletableFuture<Connection> second = pool.ds.getConnectionAsync(in(A));

      held.close();
      Eventually.await(first::isDone, "the first is served");

      assertThat(second).isNotDone();
      try (Connection connection = first.get()) {
        assertThat(connection.getSchema()).isEqualTo("b");
      }
      try (Connection connection = second.get()) {
        assertThat(connection.getSchema()).isEqualTo("a");
      }
    }
  }

  @Test
  void futureSetsItsStateAtTheFirstUse() throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      CompletableFuture<Connection> future = pool.ds.getConnectionAsync(in(A));
      Connection connection = future.get();
      String before = pool.session().schema();
      connection.getSchema();

      assertThat(before).isEqualTo("public");
      assertThat(pool.session().schema()).isEqualTo("a");
      connection.close();
    }
  }

  @Test
  void driversOwnConnectionOfAPlainLeaseHasNoState() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.getConnection(in(A)).close();

      try (Connection plain = pool.get()) {
        assertThat(plain.unwrap(Connection.class).getSchema()).isEqualTo("public");
      }
      pool.ds.getConnection(in(A)).close();
      try (Connection mine = pool.ds.detach(pool.get())) {
        assertThat(mine.getSchema()).isEqualTo("public");
      }
    }
  }

  @Test
  void unwrappingLaterChangesNothingThatTheBorrowerDid() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.getConnection(in(A))) {
      connection.setSchema("own");

      assertThat(connection.unwrap(Connection.class).getSchema()).isEqualTo("own");
    }
  }

  @Test
  void hookOnAcquireFindsTheState() throws SQLException {
    List<String> seen = new ArrayList<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Acquired onAcquire(Connection connection) throws SQLException {
            seen.add(connection.getSchema());
            return Acquired.ACCEPT;
          }
        };
    try (FakePool pool = new FakePool(builder -> builder.hooks(hooks))) {
      pool.ds.getConnection(in(A)).close();
      pool.get().close();

      assertThat(seen).containsExactly("a", "public");
    }
  }

  @Test
  void schemaThatTheBorrowerSetsItselfIsUndone() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.ds.getConnection(in(A))) {
        connection.setSchema("public"); // which is the initial one, but not the state's
      }

      try (Connection connection = pool.ds.getConnection(in(A))) {
        assertThat(connection.getSchema()).isEqualTo("a");
        connection.setSchema("other");
      }
      try (Connection connection = pool.get()) {
        assertThat(connection.getSchema()).isEqualTo("public");
      }
    }
  }

  @Test
  void connectionWhoseStateCannotBeUndoneIsNotUsed() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.getConnection(in(A)).close();
      pool.db.when("Connection.setSchema").then(Fault.fail("42501"));

      try (Connection plain = pool.get()) {
        assertThatThrownBy(plain::createStatement).isInstanceOf(SQLException.class);
        assertThatThrownBy(plain::createStatement).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> plain.unwrap(Connection.class)).isInstanceOf(SQLException.class);
      }
      Eventually.await(() -> !pool.ds.stats().closed().isEmpty(), "it is closed");
    }
  }

  @Test
  void cleaningPolicyUndoesTheStateAtTheReturn() throws SQLException {
    try (FakePool pool =
        new FakePool(builder -> builder.resetPolicy(ResetPolicy.sql("RESET THIS"))).settle()) {
      pool.ds.getConnection(in(A)).close();

      Eventually.await(() -> pool.session().schema().equals("public"), "the state is undone");
    }
  }

  @Test
  void stateIsRefusedWithTransactionsThatStayOpen() throws SQLException {
    try (FakePool pool =
        new FakePool(builder -> builder.onReturn(SluiceConfig.OnReturn.NONE)).settle()) {
      assertThatThrownBy(() -> pool.ds.getConnection(in(A)))
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("onReturn NONE");
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void leaseWithoutOptionsAsksTheDriverForNothing() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      long before = pool.db.callCount();
      try (Connection connection = pool.get();
          Statement statement = connection.createStatement()) {
        assertThat(statement).isNotNull();
      }

      assertThat(pool.callsSince(before)).noneMatch(call -> call.contains("Schema"));
    }
  }

  @Test
  void stateHidesItsValuesAndRefusesWhatIsNoName() {
    SessionState state =
        A.withRole("r").withVariable("app.token", "secret").withClientInfo("k", "secret");

    assertThat(state.toString()).isEqualTo("SessionState[role=r, schema=a, app.token=***, k=***]");
    assertThat(state)
        .isEqualTo(
            SessionState.NONE
                .withRole("r")
                .withSchema("a")
                .withClientInfo("k", "secret")
                .withVariable("app.token", "secret"));
    for (String name : List.of("", " ", "a b", "x;y", "a'b", "@", "@@x", "role", "Search_Path")) {
      assertThatThrownBy(() -> SessionState.NONE.withVariable(name, "v"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> SessionState.NONE.withRole("a\0b"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SessionState.NONE.withSchema())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void stateOfAnotherKindIsRefused() {
    ResourceState other = new ResourceState() {};
    try (FakePool pool = new FakePool()) {
      AcquireOptions options = AcquireOptions.DEFAULT.withSession(other);

      assertThatThrownBy(() -> pool.ds.getConnection(options))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("SessionState");
      assertThatThrownBy(() -> pool.ds.getConnectionAsync(options))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(pool.ds.stats().active()).isZero();
    }
  }
}
