package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What becomes of a connection after its driver threw. */
class ErrorHandlingTest {

  private static void fail(Connection connection, String state) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("FAIL " + state))
          .isInstanceOf(SQLException.class)
          .hasMessage("Failure on request");
    }
  }

  @Test
  void aFailedStatementKeepsTheConnection() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        fail(connection, "23505");
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void aBrokenConnectionIsClosedOnReturn() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        fail(connection, "08003");
        assertThat(connection.isClosed()).isFalse();
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.stats().closed()).containsEntry(CloseReason.BROKEN, 1L);
    }
  }

  @Test
  void errorsOfStatementsAndResultSetsCountToo() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get();
          Statement statement = connection.prepareStatement("SELECT 1")) {
        pool.physical().kill("57P01");
        assertThatThrownBy(() -> statement.unwrap(java.sql.PreparedStatement.class).executeQuery())
            .isInstanceOf(SQLException.class);
      }

      pool.settle();

      assertThat(pool.ds.stats().closed()).containsEntry(CloseReason.BROKEN, 1L);
    }
  }

  @Test
  void aServerThatIsGoneMakesTheOthersSuspect() throws SQLException {
    List<String> epochs = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void epochRaised(String why) {
            epochs.add(why);
          }
        };
    try (FakePool pool = new FakePool(b -> b.maxSize(2).listener(listener))) {
      Connection one = pool.get();
      Connection other = pool.get();
      other.close();

      fail(one, "57P01");
      one.close();

      Eventually.await(() -> epochs.size() == 1, "the epoch was raised");
      assertThat(epochs.get(0)).contains("57P01");
      pool.settle(); // perhaps with a new one, before the check of the other has begun
      Eventually.await(
          () -> pool.db.calls("Connection.isValid").size() > 1, "the other one is checked");
    }
  }

  @Test
  void aDemotedServerIsLeftAtOnce() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.maxSize(2))) {
      Connection one = pool.get();
      Connection other = pool.get();
      FakeConnection old = FakeDatabase.physical(other);
      other.close();

      pool.db.readOnly(true);
      try (Statement statement = one.createStatement()) {
        assertThatThrownBy(() -> statement.execute("INSERT x"))
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("25006");
      }
      pool.db.readOnly(false);
      one.close();

      Eventually.await(() -> !old.isOpen(), "the other one was retired too");
      pool.settle();
      assertThat(pool.db.connections()).doesNotContain(old);
    }
  }

  /** The server refuses to write, but because the borrower had asked for it. */
  @Test
  void aWriteInAReadOnlySessionSaysNothingOfTheServer() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.execute("INSERT x"))
              .extracting(e -> ((SQLException) e).getSQLState())
              .isEqualTo("25006");
        }
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void aPoolThatNeedsAPrimaryDoesNotLendAnythingElse() throws SQLException {
    try (FakePool pool =
        new FakePool(
            "PostgreSQL",
            b ->
                b.requiredRole(SluiceConfig.Role.PRIMARY)
                    .acquireTimeout(java.time.Duration.ofMillis(200)))) {
      pool.db.readOnly(true);

      Throwable refused = catchThrowable(pool::get);

      assertThat(refused).isInstanceOf(SQLException.class);
      Eventually.await(() -> pool.db.heldByClient() == 0, "what was opened is closed");
    }
  }

  @Test
  void theUsersOwnRulesComeFirst() throws SQLException {
    ErrorClassifier classifier =
        e ->
            switch (String.valueOf(e.getSQLState())) {
              case "23505" -> ErrorClassifier.Verdict.EVICT;
              case "08003" -> ErrorClassifier.Verdict.KEEP;
              default -> null;
            };
    try (FakePool pool = new FakePool(b -> b.errorClassifier(classifier)).settle()) {
      try (Connection connection = pool.get()) {
        fail(connection, "08003");
      }
      pool.settle();
      assertThat(pool.db.opened()).isEqualTo(1);

      try (Connection connection = pool.get()) {
        fail(connection, "23505");
      }
      pool.settle();
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void aDoubtfulConnectionIsCheckedBeforeItIsLentAgain() throws SQLException {
    ErrorClassifier classifier = e -> ErrorClassifier.Verdict.CHECK;
    try (FakePool pool = new FakePool(b -> b.errorClassifier(classifier)).settle()) {
      try (Connection connection = pool.get()) {
        fail(connection, "42000");
      }

      pool.settle();

      assertThat(pool.db.calls("Connection.isValid")).as("at open, and now").hasSize(2);
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void aClassifierThatThrowsDoesNotHideTheError() throws SQLException {
    ErrorClassifier classifier =
        e -> {
          throw new IllegalStateException("bad classifier");
        };
    try (FakePool pool = new FakePool(b -> b.errorClassifier(classifier)).settle()) {
      try (Connection connection = pool.get()) {
        fail(connection, "08003");
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }
}
