package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks of one's own take the place of the driver's. */
class ConnectionValidatorTest {
  private final List<ResourceInfo> asked = new CopyOnWriteArrayList<>();

  /** Checks each connection before it is lent. */
  private static FakePool pool(ConnectionValidator validator) {
    return new FakePool(b -> b.validator(validator).validateAfterIdle(Duration.ZERO));
  }

  @Test
  void knowsTheConnectionAndWhatThePoolKnowsOfIt() throws SQLException {
    List<Connection> given = new CopyOnWriteArrayList<>();
    ConnectionValidator validator =
        (connection, info, timeout) -> {
          given.add(connection);
          asked.add(info);
          return !timeout.isNegative();
        };
    try (FakePool pool = pool(validator).settle().settle()) {
      pool.settle();

      assertThat(asked).hasSize(2).extracting(ResourceInfo::id).containsOnly(1L);
      assertThat(asked).extracting(ResourceInfo::uses).containsExactly(1L, 2L);
      assertThat(asked.get(1).age()).isGreaterThanOrEqualTo(asked.get(0).age()).isPositive();
      assertThat(asked).noneMatch(info -> info.idle().isNegative());
      assertThat(given).containsOnly(pool.physical().face());
      assertThat(pool.db.calls("Connection.isValid")).isEmpty();
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  static Stream<Named<ConnectionValidator>> waysToSayNo() {
    return Stream.of(
        Named.of("false", (connection, info, timeout) -> false),
        Named.of(
            "SQLException",
            (connection, info, timeout) -> {
              throw new SQLException("no", "08006");
            }),
        Named.of(
            "RuntimeException",
            (connection, info, timeout) -> {
              throw new IllegalStateException("no");
            }),
        Named.of(
            "Error",
            (connection, info, timeout) -> {
              throw new AssertionError("no");
            }));
  }

  @ParameterizedTest
  @MethodSource("waysToSayNo")
  void whateverMeansNoHasTheConnectionReplaced(ConnectionValidator no) throws SQLException {
    ConnectionValidator ofTheFirst =
        (connection, info, timeout) -> info.id() > 1 || no.isValid(connection, info, timeout);
    try (FakePool pool = pool(ofTheFirst).settle()) {
      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.stats().closed()).containsEntry(CloseReason.INVALID, 1L);
    }
  }

  @Test
  void checkThatHangsIsGivenUpAndInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    ConnectionValidator hangs =
        (connection, info, timeout) -> {
          try {
            if (info.id() == 1) {
              never.await();
            }
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return true;
        };
    try (FakePool pool =
        new FakePool(
                b ->
                    b.validator(hangs)
                        .validateAfterIdle(Duration.ZERO)
                        .validationTimeout(Duration.ofMillis(100)))
            .settle()) {
      pool.settle();

      interrupted.await();
      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.stats().closed()).containsEntry(CloseReason.HUNG, 1L);
    }
  }

  @Test
  void isAskedAfterADoubtfulErrorToo() throws SQLException {
    ConnectionValidator notes =
        (connection, info, timeout) -> {
          asked.add(info);
          return true;
        };
    ErrorClassifier doubtful = e -> ErrorClassifier.Verdict.CHECK;
    try (FakePool pool = new FakePool(b -> b.validator(notes).errorClassifier(doubtful)).settle()) {
      pool.db.when("Statement.execute").at(1).then(Fault.fail("XX000"));
      try (Connection connection = pool.get();
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
      }

      pool.settle();

      assertThat(asked).hasSize(1).extracting(ResourceInfo::uses).containsExactly(2L);
    }
  }

  @Test
  void isAskedBeforeTheRole() throws SQLException {
    ConnectionValidator notes =
        (connection, info, timeout) -> {
          asked.add(info);
          return true;
        };
    try (FakePool pool =
        new FakePool(
                b ->
                    b.validator(notes)
                        .requiredRole(SluiceConfig.Role.PRIMARY)
                        .validateAfterIdle(Duration.ZERO))
            .settle()) {
      long before = pool.db.calls("Connection.isReadOnly").size();

      pool.settle();

      assertThat(asked).hasSize(1);
      assertThat(pool.db.calls("Connection.isReadOnly")).hasSize((int) before + 1);
    }
  }

  @Test
  void transactionThatItBeginsIsRolledBack() throws SQLException {
    ConnectionValidator begins =
        (connection, info, timeout) -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT by the check");
          }
          return true;
        };
    try (FakePool pool =
        new FakePool(b -> b.validator(begins).validateAfterIdle(Duration.ZERO).autoCommit(false))
            .settle()) {
      pool.settle();

      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.db.rolledBack()).containsExactly("INSERT by the check");
    }
  }

  @Test
  void canBeChangedWhileThePoolRuns() throws SQLException {
    try (FakePool pool = pool((connection, info, timeout) -> true).settle()) {
      pool.ds.reconfigure(
          b ->
              b.validator(
                  (connection, info, timeout) -> {
                    asked.add(info);
                    return true;
                  }));

      pool.settle().settle();

      assertThat(asked).isNotEmpty();
    }
  }

  @Test
  void standsInForTheValidationQueryAndNotBesideIt() {
    SluiceBuilder both =
        Sluice.dataSource("jdbc:h2:mem:x")
            .validationQuery("SELECT 1")
            .validator((connection, info, timeout) -> true);

    assertThatThrownBy(both::toConfig)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("validationQuery and validator are both given; remove one of them");
  }
}
