package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Undoes what a borrower may have done through the driver's own connection, which the wrappers do
 * not see. What JDBC knows is compared with what a fresh connection had; {@link DriverExtras} knows
 * of the rest what can be known.
 */
final class Escape {
  private final Connection raw;
  private final SessionChanges changes;
  private final DriverExtras extras;

  Escape(Connection raw, Dialect dialect, SessionChanges changes) {
    this.raw = raw;
    this.changes = changes;
    this.extras = DriverExtras.of(raw, dialect);
  }

  /** Reads what may be changed, once in the connection's life. */
  void prepare() throws SQLException {
    changes.readAll();
    extras.remember();
  }

  /** Ends what would keep every other call waiting. */
  void endWork() throws SQLException {
    extras.endWork();
  }

  /** Runs after the borrower's transaction, for in one some of it cannot be put back. */
  void undo() throws SQLException {
    changes.compare();
    if (!raw.getAutoCommit()) {
      raw.rollback();
    }
    extras.restore();
  }
}
