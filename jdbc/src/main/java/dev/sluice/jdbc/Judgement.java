package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection by what its driver threw: why it is to be closed, and what an error
 * claims of the server that still has to be looked at. Belongs to its {@link PhysicalConnection},
 * and is used by the same threads.
 */
final class Judgement {
  private final Connection raw;
  private final SessionPolicy terms;
  private @Nullable Throwable condemnedBy;
  private boolean proven;
  private Verdict claimed = Verdict.KEEP;

  Judgement(Connection raw, SessionPolicy terms) {
    this.raw = raw;
    this.terms = terms;
  }

  /** Remembers why the connection will be closed, unless it turns out to be fine. */
  void condemnedBy(Throwable thrown) {
    condemnedBy = thrown;
    if (thrown instanceof SQLException e) {
      proven |= terms.proves(e);
    }
  }

  /**
   * Returns what holds of the connection now, of what an error said. What only the server claims is
   * left to the reset, which looks at the connection.
   */
  Verdict settled(Verdict verdict) {
    if (!verdict.condemns() || proven) {
      return verdict;
    }
    if (isClosedByDriver()) {
      return verdict == Verdict.EVICT ? verdict : Verdict.EVICT_ALL;
    }
    claimed = verdict;
    return Verdict.CHECK;
  }

  /** What an error claims of the server, until the reset has found out. */
  Verdict claimed() {
    return claimed;
  }

  /** Whether an {@link Error} condemned it. */
  boolean isOfError() {
    return condemnedBy instanceof Error;
  }

  /** Says why in a few words. */
  String reason() {
    Throwable thrown = condemnedBy;
    if (thrown instanceof SQLException e) {
      String code = e.getErrorCode() == 0 ? "" : ", code " + e.getErrorCode();
      return "a connection got SQLSTATE " + e.getSQLState() + code;
    }
    return "the driver threw " + (thrown == null ? "an Error" : thrown.getClass().getName());
  }

  boolean isClosedByDriver() {
    try {
      return terms.driver.isClosed(raw);
    } catch (SQLException | RuntimeException e) {
      return true;
    }
  }

  /** Where the server is said to refuse writes, asks it, outside the borrower's transaction. */
  void examineRefusal() throws SQLException {
    if (claimed != Verdict.REPLACE_ALL) {
      return;
    }
    boolean probe = terms.examineRefusal(raw, reason());
    claimed = Verdict.KEEP; // answered
    if (probe) {
      throw new SQLTransientConnectionException(
          "The server accepts no writes: " + reason(), SqlStates.READ_ONLY);
    }
  }

  /** Forgets all of it, when the connection is clean. */
  void clear() {
    condemnedBy = null;
    proven = false;
    claimed = Verdict.KEEP;
  }
}
