package dev.sluice.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A prepared statement of a {@link SluiceConnection}. */
class SluicePreparedStatement extends PreparedStatementDelegation {
  /** The driver's statement with its exact type, which saves a cast for every call. */
  private final PreparedStatement prepared;

  private final String sql;

  SluicePreparedStatement(SluiceConnection connection, PreparedStatement statement, String sql) {
    super(connection, statement);
    this.prepared = statement;
    this.sql = sql;
  }

  @Override
  final PreparedStatement rawPrepared() throws SQLException {
    raw();
    return prepared;
  }

  @Override
  final PreparedStatement executingPrepared() throws SQLException {
    executing(sql);
    return prepared;
  }

  /** Records the execution. Batches of this class contain only its own SQL. */
  @Override
  final Statement executing() throws SQLException {
    return executing(sql);
  }
}
