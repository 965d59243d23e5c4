package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * What the driver's exceptions mean for a connection: why it must be closed, and which claims about
 * the server still need a check. Belongs to its {@link PhysicalConnection}, and is used by the same
 * threads.
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
   * Returns the part of a verdict that applies now. The rest, which only the server claims, is left
   * to the reset, which checks the connection.
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

  /** The claim of an error about the server, until the reset has checked it. */
  Verdict claimed() {
    return claimed;
  }

  /** Whether an {@link Error} condemned it. */
  boolean isOfError() {
    return condemnedBy instanceof Error;
  }

  /** The reason, in a few words. */
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

  /**
   * If an error claims that the server refuses writes, asks the server, outside the borrower's
   * transaction.
   */
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

  /** Forgets everything, when the connection is clean. */
  void clear() {
    condemnedBy = null;
    proven = false;
    claimed = Verdict.KEEP;
  }
}
