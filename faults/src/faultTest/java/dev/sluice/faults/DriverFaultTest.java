package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 17 and 18: the driver, a listener, or the JVM itself throws what nobody expects. */
class DriverFaultTest extends FaultTest {
  /** More calls than one round of the work below makes. */
  private static final int CALLS = 48;

  private enum Thrown {
    SQL,
    BROKEN,
    RUNTIME,
    STACK_OVERFLOW,
    LINKAGE,
    OUT_OF_MEMORY;

    Throwable make() {
      return switch (this) {
        case SQL -> new SQLException("injected", "XX000");
        case BROKEN -> new SQLException("injected", "08006");
        case RUNTIME -> new IllegalStateException("injected");
        case STACK_OVERFLOW -> new StackOverflowError();
        case LINKAGE -> new NoClassDefFoundError("injected");
        case OUT_OF_MEMORY -> new OutOfMemoryError("injected");
      };
    }
  }

  /** What is thrown to a worker's handler, after the pool is in order, would only fill the log. */
  private static SluiceDataSource pool(FakeDatabase db) {
    return builder(db).build();
  }

  private static SluiceBuilder builder(FakeDatabase db) {
    return Sluice.dataSource(db.url())
        .minSize(0)
        .maxSize(2)
        .acquireTimeout(millis(300))
        .validateAfterIdle(Duration.ZERO)
        .backoffMin(Duration.ofMillis(1))
        .backoffMax(Duration.ofMillis(2))
        .drainTimeout(Duration.ZERO);
  }

  @ParameterizedTest
  @EnumSource(Thrown.class)
  void fault17WhateverTheDriversNthCallThrowsThePoolStaysWhole(Thrown thrown) throws Exception {
    boolean allReached = true;
    for (int n = 1; n <= CALLS && allReached; n += Math.max(1, (int) (2 / scaledFactor()))) {
      try (FakeDatabase db = FakeDatabase.create()) {
        var trigger = db.when("*").at(n).then(Fault.failWith(thrown::make));
        try (SluiceDataSource pool = pool(db)) {
          for (int round = 0; round < 2; round++) {
            work(pool);
          }
          allReached = trigger.hits() > 0;
          db.clearFaults();

          String when = thrown + " at call " + n;
          Eventually.await(() -> serves(pool), () -> when + ": it serves again: " + pool.stats());
          Eventually.await(
              () -> pool.stats().size() == pool.stats().idle() && pool.stats().waiting() == 0,
              () -> when + ": nothing is left out: " + pool.stats());
          assertThat(db.mostOpen()).as(when).isLessThanOrEqualTo(2);
          assertThat(db.violations()).as(when).isEmpty();
          Eventually.await(
              () -> db.heldByClient() == pool.stats().size(),
              () -> when + ": held " + db.heldByClient() + ", known " + pool.stats());
        }
      }
    }
  }

  private static double scaledFactor() {
    return scaled(1_000) / 1_000.0;
  }

  private static void work(SluiceDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      connection.setSchema("elsewhere");
      Rig.run(connection, "INSERT something");
      connection.commit();
      Rig.run(connection, "INSERT more");
    } catch (SQLException | RuntimeException | StackOverflowError | LinkageError e) {
      // The borrower's own affair.
    } catch (OutOfMemoryError e) {
      assertThat((Throwable) e).hasMessage("injected");
    }
  }

  private static boolean serves(SluiceDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      Rig.run(connection, "SELECT 1");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fault17ListenerThatAlwaysThrowsChangesNothing(boolean error) throws Exception {
    PoolListener hostile =
        (PoolListener)
            Proxy.newProxyInstance(
                PoolListener.class.getClassLoader(),
                new Class<?>[] {PoolListener.class},
                (self, method, arguments) -> {
                  if (method.getDeclaringClass() == Object.class) {
                    return method.invoke(this, arguments);
                  }
                  if (error) {
                    throw new NoClassDefFoundError("a listener's");
                  }
                  throw new IllegalStateException("a listener's");
                });
    try (FakeDatabase db = FakeDatabase.create()) {
      try (SluiceDataSource pool = builder(db).listener(hostile).build()) {
        for (int i = 0; i < 10; i++) {
          try (Connection connection = pool.getConnection(Timing.LONG)) {
            Rig.run(connection, "SELECT 1");
          }
        }
        db.killAll("57P01");
        Eventually.await(() -> serves(pool), "it comes back");
        Eventually.await(() -> pool.stats().active() == 0, "nothing is out");
      }
      Eventually.await(() -> db.heldByClient() == 0, "all is closed");
    }
  }

  @Test
  void fault17CredentialsSourceThatThrowsIsTheCauseThatCallersGet() throws Exception {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource pool =
            Sluice.dataSource(db.url())
                .minSize(0)
                .credentials(
                    () -> {
                      throw new java.io.IOException("the vault is sealed");
                    })
                .build()) {

      Attempt attempt = Rig.refusal(pool, millis(200));

      assertThat(attempt.isInTime()).isTrue();
      assertThat((Throwable) attempt.failure())
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("the vault is sealed");
      assertThat(attempt.failure().getSQLState()).isEqualTo("08001");
    }
  }

  /** The JVM has no memory just when a connection is opened. */
  @Test
  void fault18OutOfMemoryWhileOpeningIsToldAndPasses() throws Exception {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource pool = pool(db)) {
      db.when("Driver.connect")
          .times(3)
          .then(Fault.failWith(() -> new OutOfMemoryError("unable to create native thread")));

      Attempt attempt = Attempt.at(pool, Duration.ofSeconds(10));

      assertThat((Throwable) attempt.failure()).isNull();
      attempt.connection().close();
      assertThat(pool.stats().openFailures()).isBetween(1L, 3L);
    }
  }
}
