package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** A second close is harmless, and reported if that is wished. */
class StrictCloseTest {

  private static void closeFirst(Connection connection) throws SQLException {
    connection.close();
  }

  private static void closeAgain(Connection connection) throws SQLException {
    connection.close();
  }

  @Test
  void secondCloseIsLoggedWithBothStacksAndHasNoEffect() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.strictClose(true)).settle();
        JdbcLog log = new JdbcLog()) {
      Connection connection = pool.get();
      closeFirst(connection);
      assertThat(log.records).isEmpty();
      try (Connection next = pool.get()) {

        closeAgain(connection);

        assertThat(next.isClosed()).isFalse();
        assertThat(pool.ds.stats().active()).isEqualTo(1);
      }
      log.await(1);
      assertThat(log.records).hasSize(1);
      LogRecord record = log.records.get(0);
      assertThat(record.getLevel()).isEqualTo(Level.WARNING);
      assertThat(record.getMessage()).startsWith("pool 'fake': a connection was closed a second");
      assertThat(methods(record.getThrown())).contains("closeAgain").doesNotContain("closeFirst");
      assertThat(methods(record.getThrown().getCause())).contains("closeFirst");
      assertThat(record.getThrown())
          .hasMessage("closed here, by thread '" + Thread.currentThread().getName() + "'");
    }
  }

  private static String[] methods(Throwable stack) {
    return java.util.Arrays.stream(stack.getStackTrace())
        .map(StackTraceElement::getMethodName)
        .toArray(String[]::new);
  }

  @Test
  void floodOfThemIsLoggedOnceASecondAtMost() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.strictClose(true)).settle();
        JdbcLog log = new JdbcLog()) {
      Connection connection = pool.get();
      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        connection.close();
      }

      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      log.await(2);
      assertThat(log.records).hasSizeBetween(2, (int) seconds + 3); // with that of the count
      assertThat(log.records.get(log.records.size() - 1).getMessage())
          .matches("pool 'fake': connections closed a second time: \\d+ more");
    }
  }

  @Test
  void useAfterTheCloseSaysWhereThatWas() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.strictClose(true))) {
      Connection connection = pool.get();
      Statement statement = connection.createStatement();
      closeFirst(connection);

      assertThatThrownBy(connection::createStatement)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"))
          .satisfies(e -> assertThat(methods(e.getCause())).contains("closeFirst"));
      assertThatThrownBy(() -> statement.execute("SELECT 1"))
          .satisfies(e -> assertThat(methods(e.getCause())).contains("closeFirst"));
    }
  }

  @Test
  void closeOfWhatThePoolTookBackIsNoSecondClose() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.strictClose(true)).settle();
        JdbcLog log = new JdbcLog()) {
      Connection connection = pool.get();
      pool.ds.evict(connection);

      connection.close();

      assertThat(log.records).isEmpty();
    }
  }

  @Test
  void nobodyElsePaysForIt() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        JdbcLog log = new JdbcLog()) {
      Connection connection = pool.get();

      connection.close();
      connection.close();

      assertThat(connection.getClass()).isEqualTo(SluiceConnection.class);
      assertThat(log.records).isEmpty();
    }
  }
}
