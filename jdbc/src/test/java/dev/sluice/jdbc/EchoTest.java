package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A driver that is out of step with its server does not pass the check. */
class EchoTest {

  private static FakePool pool() throws SQLException {
    return new FakePool("H2", b -> b).settle();
  }

  private static void makeDoubtful(FakePool pool) throws SQLException {
    pool.db
        .when("Statement.getMaxRows")
        .times(1)
        .then(Fault.failWith(() -> new IllegalStateException("odd")));
    try (Connection connection = pool.get();
        Statement statement = connection.createStatement()) {
      assertThat(catchThrowable(statement::getMaxRows)).isNotNull();
    }
  }

  @Test
  void knownBug41RightAnswerKeepsTheConnection() throws SQLException {
    try (FakePool pool = pool()) {
      makeDoubtful(pool);

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
      assertThat(pool.db.calls("Statement.executeQuery"))
          .anyMatch(call -> call.arguments().get(0).toString().matches("SELECT \\d+"));
    }
  }

  @Test
  void knownBug41AnswerToAnotherStatementClosesTheConnection() throws SQLException {
    try (FakePool pool = pool()) {
      pool.db.when("ResultSet.getInt").then(Fault.answer(17));
      makeDoubtful(pool);

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }
}
