package dev.sluice.jdbc;

import dev.sluice.jdbc.StatementCache.Kept;
import dev.sluice.pool.sql.SqlStates;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a {@link SluiceConnection}. */
class SluicePreparedStatement extends PreparedStatementDelegation {
  /** The driver's statement with its exact type, which saves a cast for every call. */
  private final PreparedStatement prepared;

  private final String sql;

  /** Leads to the place where the statement rests; null if it is to be closed. */
  private final @Nullable Kept kept;

  /** Wraps a statement that is to be closed when this is. */
  SluicePreparedStatement(SluiceConnection connection, PreparedStatement statement, String sql) {
    this(connection, statement, sql, null);
  }

  /**
   * Wraps a statement.
   *
   * @param kept leads to the place where it may rest when it is closed; null for none
   */
  SluicePreparedStatement(
      SluiceConnection connection, PreparedStatement statement, String sql, @Nullable Kept kept) {
    super(connection, statement);
    this.prepared = statement;
    this.sql = sql;
    this.kept = kept;
  }

  @Override
  final ResultSet wrap(ResultSet resultSet) {
    ResultSet wrapper = super.wrap(resultSet);
    if (kept != null && wrapper instanceof SluiceResultSet ours) {
      kept.hands(ours);
    }
    return wrapper;
  }

  // What the driver tells of the last execution, which may be another borrower's

  private boolean hidesAnswers() throws SQLException {
    if (kept == null || !kept.hidesAnswers()) {
      return false;
    }
    raw();
    return true;
  }

  @Override
  public final boolean execute() throws SQLException {
    boolean hasResult = super.execute();
    if (hasResult && kept != null) {
      kept.hasResult();
    }
    return hasResult;
  }

  @Override
  @SuppressWarnings("NullAway") // JDBC: null if there is none
  public final ResultSet getResultSet() throws SQLException {
    return hidesAnswers() ? null : super.getResultSet();
  }

  @Override
  public final int getUpdateCount() throws SQLException {
    return hidesAnswers() ? -1 : super.getUpdateCount();
  }

  @Override
  public final long getLargeUpdateCount() throws SQLException {
    return hidesAnswers() ? -1 : super.getLargeUpdateCount();
  }

  @Override
  public final boolean getMoreResults() throws SQLException {
    return !hidesAnswers() && super.getMoreResults();
  }

  @Override
  public final boolean getMoreResults(int current) throws SQLException {
    return !hidesAnswers() && super.getMoreResults(current);
  }

  @Override
  public final ResultSet getGeneratedKeys() throws SQLException {
    if (hidesAnswers()) {
      throw new SQLException(
          "This statement was not executed yet, so there are no generated keys",
          SqlStates.FUNCTION_SEQUENCE);
    }
    return super.getGeneratedKeys();
  }

  @Override
  final void end(Statement raw) throws SQLException {
    Kept home = kept;
    boolean mayRest = !closesOnCompletion && !connection.physical.hasEscaped();
    if (home == null || !mayRest || !home.giveBack()) {
      raw.close();
    }
  }

  // What cannot be read, and so not be restored

  @Override
  public final void setCursorName(String name) throws SQLException {
    spoil();
    super.setCursorName(name);
  }

  @Override
  public final void setEscapeProcessing(boolean enable) throws SQLException {
    spoil();
    super.setEscapeProcessing(enable);
  }

  @Override
  public final void setPoolable(boolean poolable) throws SQLException {
    if (!poolable) {
      spoil();
    }
    super.setPoolable(poolable);
  }

  private void spoil() {
    if (kept != null) {
      kept.spoil();
    }
  }

  @Override
  final PreparedStatement rawPrepared() throws SQLException {
    raw();
    return prepared;
  }

  @Override
  final PreparedStatement executingPrepared() throws SQLException {
    executing();
    return prepared;
  }

  /** Records the execution. Batches of this class contain only its own SQL. */
  @Override
  final Statement executing() throws SQLException {
    if (kept != null) {
      kept.executing();
    }
    return executing(sql);
  }
}
