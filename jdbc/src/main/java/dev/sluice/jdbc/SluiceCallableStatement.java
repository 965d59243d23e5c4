package dev.sluice.jdbc;

import java.sql.CallableStatement;
import java.sql.SQLException;

/** A callable statement of a {@link SluiceConnection}. */
final class SluiceCallableStatement extends CallableStatementDelegation {
  private final CallableStatement callable;

  SluiceCallableStatement(SluiceConnection connection, CallableStatement statement, String sql) {
    super(connection, statement, sql);
    this.callable = statement;
  }

  @Override
  CallableStatement rawCallable() throws SQLException {
    raw();
    return callable;
  }
}
