package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A borrower whose stack overflows inside the driver harms nobody but itself. */
class StackOverflowContractTest {
  private static final int ROUNDS = 60;
  private static final int BORROWERS = 30;

  /** No driver needs a stack deeper than so many of {@link #descend}'s frames. */
  private static final int SPARE_LEVELS = 600;

  private static final long STACK_BYTES = 512 * 1024;

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void knownBug41StackOverflowInTheDriverReachesNoOtherBorrower(RealDatabase kind)
      throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      Random random = new Random(41);
      int overflows = 0;
      for (int round = 0; round < ROUNDS; round++) {
        int spare = random.nextInt(SPARE_LEVELS);
        overflows += onSmallStack(() -> overflow(ds, spare));
        for (int i = 0; i < BORROWERS; i++) {
          assertThat(echo(ds, round * BORROWERS + i)).isEqualTo(round * BORROWERS + i);
        }
      }

      assertThat(overflows).isGreaterThan(ROUNDS / 10);
      assertThat(ds.stats().closed().get(CloseReason.BROKEN))
          .as("connections in which a stack overflowed")
          .isPositive();
    }
  }

  private static int echo(SluiceDataSource ds, int number) throws SQLException {
    try (Connection connection = ds.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT " + number);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /**
   * Uses a connection where little of the stack is left. The lease begins and ends where there is
   * enough; only its use is deep down.
   */
  private static int overflow(SluiceDataSource ds, int spare) throws SQLException {
    int deepest = deepest();
    try (Connection connection = ds.getConnection()) {
      try {
        descend(Math.max(1, deepest - spare), () -> query(connection));
      } catch (StackOverflowError e) {
        return 1;
      }
      return 0;
    }
  }

  private static int deepest() throws SQLException {
    int[] depth = new int[1];
    try {
      descend(Integer.MAX_VALUE, () -> 0, depth);
    } catch (StackOverflowError e) {
      return depth[0];
    }
    throw new AssertionError("the stack has no end");
  }

  private static void descend(int levels, Task task) throws SQLException {
    descend(levels, task, new int[1]);
  }

  private static void descend(int levels, Task task, int[] depth) throws SQLException {
    if (levels > 0) {
      depth[0]++;
      descend(levels - 1, task, depth);
    } else {
      task.run();
    }
  }

  private static int query(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT -1")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private interface Task {
    int run() throws SQLException;
  }

  private static int onSmallStack(Task task) throws Exception {
    FutureTask<Integer> result = new FutureTask<>(task::run);
    Thread thread = new Thread(null, result, "small stack", STACK_BYTES);
    thread.start();
    return result.get();
  }
}
