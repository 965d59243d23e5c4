package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Undoes what a borrower may have done through the driver's own connection, which the wrappers do
 * not see. It compares the JDBC properties with those of a fresh connection. {@link DriverExtras}
 * handles what can be known of the rest.
 */
final class Escape {
  private final Connection raw;
  private final SessionChanges changes;
  private final DriverExtras extras;

  /** Whether the session is not the borrower's alone; then nothing of it is read or set. */
  private final boolean pooled;

  Escape(Connection raw, SessionPolicy terms, SessionChanges changes) {
    this.raw = raw;
    this.pooled = terms.pooled;
    this.changes = changes;
    this.extras = DriverExtras.of(raw, terms.dialect);
  }

  /** Reads the properties that may change, once in the connection's life. */
  void prepare() throws SQLException {
    changes.forgetStatements(); // what they mean may change unseen
    if (!pooled) {
      changes.readAll();
    }
    extras.remember();
  }

  /** Ends work that would block every other call. */
  void endWork() throws SQLException {
    extras.endWork();
  }

  /**
   * Restores the properties. Runs after the borrower's transaction, because some of them cannot be
   * restored inside one.
   */
  void undo() throws SQLException {
    if (!pooled) {
      changes.compare();
    }
    if (!raw.getAutoCommit()) {
      raw.rollback();
    }
    extras.restore();
  }
}
