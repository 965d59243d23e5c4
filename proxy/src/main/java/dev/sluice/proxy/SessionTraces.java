package dev.sluice.proxy;

import dev.sluice.pgwire.SessionTrace;
import dev.sluice.pgwire.SqlCommand;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client has left behind in the session of the server that it has.
 *
 * <p><b>States and legal moves.</b>
 *
 * <pre>
 *   CLEAN → MARKED      a command is sent that leaves something behind
 *   MARKED → CLEAN      the transaction is over, and what was left is undone: by the client's own
 *                       command if it committed, or because it was rolled back
 * </pre>
 *
 * <ul>
 *   <li>T1: a command counts as having left something from the moment when it is sent.
 *   <li>T2: a command counts as having cleaned up only when its transaction has committed.
 *   <li>T3: in doubt, the session is not clean. There is doubt after ROLLBACK TO SAVEPOINT, while
 *       answers are due, and after a query with several commands if one of them begins or ends a
 *       transaction.
 * </ul>
 */
final class SessionTraces {
  /** Taken twice; one unlock does not release it. */
  private static final SessionTrace REENTERED =
      new SessionTrace(SessionTrace.Kind.ADVISORY_LOCK, "");

  private final Set<SessionTrace> left = new LinkedHashSet<>();

  /** What was left since the transaction began. */
  private final List<SessionTrace> fresh = new ArrayList<>();

  /** What will be clean if the transaction commits. */
  private final Set<SessionTrace> cleaned = new LinkedHashSet<>();

  private boolean doubtful;

  boolean isClean() {
    return left.isEmpty();
  }

  /** What was left first; null if nothing. */
  @Nullable SessionTrace first() {
    return left.isEmpty() ? null : left.iterator().next();
  }

  /** Commands are sent to the server. */
  void sent(List<SqlCommand> commands, TraceFilter filter) {
    for (SqlCommand command : commands) {
      doubtful |= command.kind().ofTransactions() && commands.size() > 1;
      for (SessionTrace clean : command.cleans()) {
        for (SessionTrace trace : left) {
          if (clean.covers(trace)) {
            cleaned.add(trace);
          }
        }
      }
      for (SessionTrace trace : command.leaves()) {
        if (filter.matters(trace)) {
          leave(trace);
        }
      }
    }
  }

  /** Which traces bind a client to its server. */
  @FunctionalInterface
  interface TraceFilter {
    boolean matters(SessionTrace trace);
  }

  private void leave(SessionTrace trace) {
    cleaned.remove(trace);
    if (left.add(trace)) {
      fresh.add(trace);
    } else if (trace.kind() == SessionTrace.Kind.ADVISORY_LOCK) {
      left.add(REENTERED);
    }
  }

  /** A part of the transaction was undone: nobody knows which. */
  void doubt() {
    doubtful = true;
  }

  /** A transaction is over, and the server owes no answer. */
  void ended(boolean committed) {
    if (!doubtful) {
      if (committed) {
        left.removeAll(cleaned);
      } else {
        for (SessionTrace trace : fresh) {
          if (trace.kind().isTransactional()) {
            left.remove(trace);
          }
        }
      }
    }
    doubtful = false;
    fresh.clear();
    cleaned.clear();
  }
}
