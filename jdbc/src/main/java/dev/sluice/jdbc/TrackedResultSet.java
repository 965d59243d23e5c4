package dev.sluice.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A result set of the metadata or of an array. None of our statements closes it, so it is in the
 * connection's own list.
 */
final class TrackedResultSet extends SluiceResultSet {
  private final Entry entry;

  TrackedResultSet(SluiceConnection connection, ResultSet resultSet) {
    super(connection, null, resultSet);
    this.entry = new Entry(resultSet);
    connection.track(entry);
  }

  @Override
  public void close() throws SQLException {
    if (connection.isHeld()) {
      connection.untrack(entry);
    }
    super.close();
  }

  private static final class Entry extends Tracked {
    private final ResultSet resultSet;

    Entry(ResultSet resultSet) {
      this.resultSet = resultSet;
    }

    @Override
    boolean isFinished() throws SQLException {
      return resultSet.isClosed();
    }

    @Override
    void closeForgotten() throws SQLException {
      resultSet.close();
    }
  }
}
