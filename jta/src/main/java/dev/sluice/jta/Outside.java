package dev.sluice.jta;

import dev.sluice.pool.sql.SqlStates;
import java.lang.StackWalker.StackFrame;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Serves callers who are in no transaction. Thread-safe. */
final class Outside {
  /** How many places are warned of. */
  static final int PLACES_MAX = 100;

  private static final StackWalker STACK = StackWalker.getInstance();

  private final DataSource pool;
  private final OutsideTransaction policy;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  Outside(DataSource pool, OutsideTransaction policy) {
    this.pool = pool;
    this.policy = policy;
  }

  Connection acquire() throws SQLException {
    switch (policy) {
      case ALLOW -> {}
      case WARN -> warn();
      case REQUIRE ->
          throw new SQLException(
              "There is no transaction on this thread, and this data source requires one",
              SqlStates.TRANSACTION_STATE);
    }
    return pool.getConnection();
  }

  private void warn() {
    if (count.get() >= PLACES_MAX) {
      return;
    }
    String place = caller();
    if (warned.add(place) && count.incrementAndGet() <= PLACES_MAX) {
      Log.warning("a connection is used outside a transaction: " + place, null);
    }
  }

  private static String caller() {
    return STACK.walk(
        frames ->
            frames
                .filter(Outside::isCaller)
                .findFirst()
                .map(StackFrame::toString)
                .orElse("an unknown place"));
  }

  private static boolean isCaller(StackFrame frame) {
    String type = frame.getClassName();
    return !type.equals(Outside.class.getName()) && !type.equals(JtaDataSource.class.getName());
  }
}
