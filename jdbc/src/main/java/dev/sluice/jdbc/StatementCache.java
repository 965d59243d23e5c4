package dev.sluice.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements that one connection keeps open between uses, for drivers that keep none
 * themselves.
 *
 * <p>A statement is either here, at rest, or with one borrower: {@link #take} removes it. So a
 * borrower that prepares the same SQL twice gets two statements. The first one that comes back
 * stays here, and the second is closed. A statement rests as it was when it was new: without
 * parameters, batch, warnings or results, and with the same options.
 *
 * <p>What is doubtful is closed instead: all that were open when an error came, and all if the
 * schema, the catalog or anything else that decides what SQL means may have changed. For a
 * statement may mean what its text meant when it was prepared.
 *
 * <p>The lock guards the map against a borrower that uses one connection from several threads. No
 * driver is called while it is held.
 */
final class StatementCache {
  /**
   * What decides whether a statement can be used again.
   *
   * @param how the arguments beside the SQL, in order
   */
  record Key(String sql, List<?> how) {}

  private static final int RESULTS_MAX = 8;

  private final int size;
  private final boolean sharesTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Kept> resting = new LinkedHashMap<>();
  private final AtomicInteger doubts = new AtomicInteger();

  /**
   * Begins empty.
   *
   * @param size how many rest at most
   * @param sharesTimeout whether the statements of a connection share one query timeout
   */
  StatementCache(int size, boolean sharesTimeout) {
    this.size = size;
    this.sharesTimeout = sharesTimeout;
  }

  /** Takes a statement out; null if there is none. */
  @Nullable Kept take(Key key) {
    Kept found;
    lock.lock();
    try {
      found = resting.remove(key);
    } finally {
      lock.unlock();
    }
    if (found != null) {
      found.doubtsBefore = doubts.get();
      found.answersOfLastUse = true;
    }
    return found;
  }

  /**
   * Notes a new statement, which is with its borrower; null if its driver does not tell its
   * options, so that it cannot be made like new.
   */
  @Nullable Kept add(Key key, PreparedStatement statement) {
    try {
      return new Kept(key, statement, Options.of(statement, sharesTimeout), doubts.get());
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      Log.debug("a statement does not tell its options, so it is not kept", e);
      return null;
    }
  }

  /** Puts a statement to rest, and closes the one that has rested longest if there are too many. */
  private boolean rest(Kept kept) {
    Kept surplus = null;
    lock.lock();
    try {
      if (kept.doubtsBefore != doubts.get() || resting.putIfAbsent(kept.key, kept) != null) {
        return false;
      }
      if (resting.size() > size) {
        surplus = resting.remove(resting.keySet().iterator().next());
      }
    } finally {
      lock.unlock();
    }
    if (surplus != null) {
      close(surplus);
    }
    return true;
  }

  /** Makes all that are with borrowers doubtful, because an error may have left them so. */
  void doubt() {
    doubts.incrementAndGet();
  }

  /** Closes all that rest, and makes the others doubtful. */
  void clear() {
    List<Kept> all;
    lock.lock();
    try {
      doubts.incrementAndGet();
      all = new ArrayList<>(resting.values());
      resting.clear();
    } finally {
      lock.unlock();
    }
    all.forEach(StatementCache::close);
  }

  /** How many rest. */
  int resting() {
    lock.lock();
    try {
      return resting.size();
    } finally {
      lock.unlock();
    }
  }

  /** The next call on a connection that is broken says so; here nobody asked for this call. */
  private static void close(Kept kept) {
    try {
      kept.statement.close();
    } catch (SQLException | RuntimeException e) {
      Log.debug("a cached statement could not be closed", e);
    }
  }

  /** A statement that may rest again. */
  final class Kept {
    final PreparedStatement statement;
    private final Key key;
    private final Options options;
    private final List<SluiceResultSet> results = new ArrayList<>(2);
    private int doubtsBefore;

    /** Nothing was executed since it rested, so the driver's answers are the last borrower's. */
    private boolean answersOfLastUse;

    /** The last execution has a result set that nobody has fetched. */
    private boolean unfetched;

    private boolean spoilt;

    private Kept(Key key, PreparedStatement statement, Options options, int doubtsBefore) {
      this.key = key;
      this.statement = statement;
      this.options = options;
      this.doubtsBefore = doubtsBefore;
    }

    /** Its borrower is about to execute it. */
    void executing() {
      answersOfLastUse = false;
      unfetched = false;
    }

    /** It was executed, and has a result set to fetch. */
    void hasResult() {
      unfetched = true;
    }

    /** Whether the borrower must not see what the driver tells of the last execution. */
    boolean hidesAnswers() {
      return answersOfLastUse;
    }

    /** It was changed in a way that cannot be undone. */
    void spoil() {
      spoilt = true;
    }

    /**
     * Notes a result set that its borrower gets, which must end with this use: not all drivers say
     * which are open. If too many are open to follow them, the statement will not rest.
     */
    void hands(SluiceResultSet result) {
      unfetched = false;
      if (results.size() == RESULTS_MAX) {
        results.removeIf(Kept::isOver);
      }
      if (results.size() < RESULTS_MAX) {
        results.add(result);
      } else {
        spoilt = true;
      }
    }

    private static boolean isOver(SluiceResultSet result) {
      try {
        return result.isClosed();
      } catch (SQLException | RuntimeException e) {
        return false; // then it counts as open, and the statement will not rest
      }
    }

    private void closeResults() throws SQLException {
      for (SluiceResultSet result : results) {
        result.close();
      }
      results.clear();
      if (unfetched) { // it may hold a cursor, or a lock of SQLite's
        unfetched = false;
        ResultSet last = statement.getResultSet();
        if (last != null) {
          last.close();
        }
      }
    }

    /** Makes it like new and puts it to rest; false if the caller must close it. */
    boolean giveBack() {
      if (spoilt || doubtsBefore != doubts.get()) {
        return false;
      }
      try {
        closeResults();
        statement.clearBatch();
        statement.clearParameters();
        options.restore(statement);
        statement.clearWarnings();
        return !statement.isClosed() && rest(this);
      } catch (SQLException | RuntimeException | AbstractMethodError e) {
        Log.debug("a statement could not be made like new, so it is closed", e);
        return false;
      }
    }
  }

  /** The options that a statement was made with. */
  private record Options(
      int maxRows, int maxFieldSize, int queryTimeout, int fetchSize, int fetchDirection) {
    private static final int SHARED = -1;

    static Options of(Statement s, boolean sharesTimeout) throws SQLException {
      return new Options(
          s.getMaxRows(),
          s.getMaxFieldSize(),
          sharesTimeout ? SHARED : s.getQueryTimeout(),
          s.getFetchSize(),
          s.getFetchDirection());
    }

    void restore(Statement s) throws SQLException {
      Options now = of(s, queryTimeout == SHARED);
      if (equals(now)) {
        return;
      }
      if (maxRows != now.maxRows) {
        s.setMaxRows(maxRows);
      }
      if (maxFieldSize != now.maxFieldSize) {
        s.setMaxFieldSize(maxFieldSize);
      }
      if (queryTimeout != now.queryTimeout) {
        s.setQueryTimeout(queryTimeout);
      }
      if (fetchSize != now.fetchSize) {
        s.setFetchSize(fetchSize);
      }
      if (fetchDirection != now.fetchDirection) {
        s.setFetchDirection(fetchDirection == 0 ? ResultSet.FETCH_FORWARD : fetchDirection);
      }
    }
  }
}
