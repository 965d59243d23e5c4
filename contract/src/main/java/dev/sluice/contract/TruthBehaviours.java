package dev.sluice.contract;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What callers are told. */
final class TruthBehaviours {
  private static final String CANARY = "c4n4ry-in-the-mine";
  private static final Duration SHORT = Duration.ofMillis(400);

  private TruthBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.onFake(
            "exhaustionAndALostDatabaseAreToldApart", TruthBehaviours::twoCausesTwoTexts),
        Behaviour.onFake("wrongPasswordIsToldAtOnce", TruthBehaviours::wrongPasswordIsToldAtOnce),
        Behaviour.onFake(
            "wrongPasswordIsNotTriedOverAndOver", TruthBehaviours::wrongPasswordIsNotHammered),
        Behaviour.onFake(
            "knownBug19PasswordIsInNoMessage", TruthBehaviours::passwordIsInNoMessage));
  }

  private static void twoCausesTwoTexts(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(SHORT).checkedOnAcquire());
    Throwable exhausted;
    try (Connection held = stage.acquireInTheEnd(pool)) {
      exhausted = stage.borrower(pool).failure();
      Stage.require(!held.isClosed(), "the borrowed connection is closed");
    }
    stage.db().goDown();
    Throwable down = stage.borrower(pool).failure();
    Stage.require(!tells(exhausted, "08001", "refused"), "exhaustion is told as %s", exhausted);
    Stage.require(
        tells(down, "08001", "refused"), "that the database is down is told as: %s", down);
  }

  /** Whether the driver's failure is in the chain. */
  private static boolean tells(Throwable failure, String state, String word) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql
          && state.equals(sql.getSQLState())
          && String.valueOf(sql.getMessage()).contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static PoolUnderTest openWithWrongPassword(Stage stage, Duration timeout)
      throws Exception {
    stage.db().requireLogin(stage.settings().user(), "the right one");
    return stage.open(stage.settings().sizes(0, 5).password(CANARY).acquireTimeout(timeout));
  }

  private static void wrongPasswordIsToldAtOnce(Stage stage) throws Exception {
    Duration timeout = Duration.ofSeconds(8);
    PoolUnderTest pool = openWithWrongPassword(stage, timeout);
    Caller<Connection> caller = stage.borrower(pool);
    Throwable failure = caller.failure();
    Stage.require(tells(failure, "28P01", "Password"), "it is told as: %s", failure);
    Stage.requireWithin(Duration.ofSeconds(1), caller, "to be told");
  }

  private static void wrongPasswordIsNotHammered(Stage stage) throws Exception {
    PoolUnderTest pool = openWithWrongPassword(stage, Duration.ofSeconds(1));
    for (int i = 0; i < 5; i++) {
      stage.borrower(pool).failure();
    }
    Stage.letPass(SHORT);
    int attempts = stage.db().calls("Driver.connect").size();
    Stage.require(attempts <= 20, "%d logins for 5 callers", attempts);
  }

  private static void passwordIsInNoMessage(Stage stage) throws Exception {
    PoolUnderTest pool = openWithWrongPassword(stage, SHORT);
    StringWriter told = new StringWriter();
    stage.borrower(pool).failure().printStackTrace(new PrintWriter(told));
    Stage.require(!told.toString().contains(CANARY), "the password is in the exception");
    Stage.require(
        !String.valueOf(pool.dataSource()).contains(CANARY), "the password is in toString()");
  }
}
