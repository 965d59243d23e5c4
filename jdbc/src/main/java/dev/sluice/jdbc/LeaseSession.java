package dev.sluice.jdbc;

import dev.sluice.pool.ResourceState;
import dev.sluice.pool.ResourceState.Affinity;
import dev.sluice.pool.sql.SqlEffect;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Sets the {@link SessionState} of a lease on one connection, and undoes it. A connection has one
 * from the first lease with a state on.
 *
 * <p>A clean return leaves the state on the connection. The next lease begins with {@link #enter},
 * which changes the state to the one that this lease wants, or to none. So no lease sees another's
 * state, whichever way it got the connection.
 *
 * <p>If a switch fails halfway, or the borrower may have changed the state by SQL, the state is in
 * doubt. Then everything that was ever set on this connection is set to its initial value.
 */
final class LeaseSession {
  private final Connection raw;
  private final SessionPolicy terms;
  private final SessionChanges changes;
  private final SessionWriter writer;

  /** The values before the first change, of each part that was ever set. */
  private final Map<SessionPart, @Nullable Object> initial = new TreeMap<>();

  /** What the session has. Others read it to look for a suitable connection. */
  private SessionState applied = SessionState.NONE;

  private SessionState wanted = SessionState.NONE;
  private boolean doubtful;

  LeaseSession(Connection raw, SessionPolicy terms, SessionChanges changes) {
    this.raw = raw;
    this.terms = terms;
    this.changes = changes;
    this.writer = SessionWriter.of(terms.dialect);
  }

  /** How well a connection suits who wants a state; null for one that never had any. */
  static Affinity affinity(@Nullable LeaseSession session, ResourceState wanted) {
    SessionState present = session == null ? SessionState.NONE : session.applied;
    if (present.equals(wanted)) {
      return Affinity.EXACT;
    }
    return present.isNone() ? Affinity.NEUTRAL : Affinity.OTHER;
  }

  /** Notes what the lease that begins wants. */
  void want(SessionState state) {
    wanted = state;
  }

  /** Brings the session into the state that the lease wants, or into none. */
  void enter(boolean leaseWants) throws SQLException {
    SessionState target = leaseWants ? wanted : SessionState.NONE;
    if (doubtful || !applied.equals(target)) {
      change(target);
    }
  }

  /** At the reset: undoes the state unless it may stay. */
  void leaveIfNeeded(boolean escaped) throws SQLException {
    if (escaped) {
      doubt();
    }
    if (mustLeave()) {
      enter(false);
    }
  }

  /** Before a check by the user's query or code, which may not work in this state. */
  void leaveBeforeCheck() throws SQLException {
    if (terms.checksByUser()) {
      enter(false);
    }
  }

  /** Whether the session has a state, or may have one. */
  boolean isSet() {
    return doubtful || !applied.isNone();
  }

  /** Whether the reset must undo the state, because it is in doubt or must not rest. */
  boolean mustLeave() {
    return doubtful || (!applied.isNone() && !terms.keepsSessionState());
  }

  /** Records that the borrower may have changed a part of the state. */
  void doubt() {
    doubtful |= !applied.isNone();
  }

  /** Looks at SQL that is about to run, or to be prepared, for what may change the state. */
  void look(int effect, String sql) {
    if (isSet() && ((effect & SqlEffect.MAY_CHANGE) != 0 || writer.mayBeChangedBy(sql))) {
      doubtful = true;
    }
  }

  /** Whether the borrower's change of this property may hide a part of the state. */
  static boolean concerns(SessionProperty property) {
    return switch (property) {
      case SCHEMA, CATALOG, CLIENT_INFO -> true;
      default -> false;
    };
  }

  private void change(SessionState target) throws SQLException {
    Map<SessionPart, List<String>> news = difference(target);
    requireEndable();
    learn(news);
    Map<SessionPart, @Nullable Object> undone = undone(target);
    doubtful = true;
    changes.forgetStatements();
    writer.write(raw, undone, news, target.role(), initial);
    if (!terms.driver.getAutoCommit(raw)) {
      raw.commit(); // or a rollback would undo it
    }
    applied = target;
    doubtful = false;
  }

  /** What has to be set for the target, given what is set. */
  private Map<SessionPart, List<String>> difference(SessionState target) {
    Map<SessionPart, List<String>> news = new TreeMap<>(target.parts());
    if (!doubtful) {
      news.entrySet().removeAll(applied.parts().entrySet());
    }
    return news;
  }

  /** The initial values of what has to be undone. */
  private Map<SessionPart, @Nullable Object> undone(SessionState target) {
    Map<SessionPart, @Nullable Object> undone = new TreeMap<>(initial);
    if (!doubtful) {
      undone.keySet().retainAll(applied.parts().keySet());
    }
    undone.keySet().removeAll(target.parts().keySet());
    return undone;
  }

  /** Reads the initial values of parts that were never set, while they are still there. */
  private void learn(Map<SessionPart, List<String>> news) throws SQLException {
    writer.requireSupported(news, terms.poolTitle());
    Map<SessionPart, @Nullable Object> learnt = new TreeMap<>();
    Set<SessionPart> unread = new TreeSet<>();
    for (SessionPart part : news.keySet()) {
      SessionProperty property = writer.property(part);
      if (initial.containsKey(part)) {
        continue;
      }
      if (property != null) {
        learnt.put(part, changes.initialOf(property));
      } else {
        unread.add(part);
      }
    }
    if (!news.isEmpty()) {
      writer.readInitial(raw, unread, initial.isEmpty(), learnt);
    }
    initial.putAll(learnt);
  }

  private void requireEndable() throws SQLException {
    if (terms.pooled) {
      throw PoolerRules.refusal("a session state changes the session", "SET LOCAL");
    }
    if (terms.onReturn == SluiceConfig.OnReturn.NONE) {
      throw new SQLFeatureNotSupportedException(
          terms.poolTitle()
              + ": a session state cannot be set with onReturn NONE, because a transaction that"
              + " was left open would take it along; use ROLLBACK or COMMIT",
          SqlStates.NOT_SUPPORTED);
    }
  }
}
