package dev.sluice.bench.stub;

import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** One row, whose every number is {@value #VALUE}. */
final class StubResultSet extends BlankResultSet {
  static final int VALUE = 42;

  private final StubStatement statement;
  private boolean rowRead;
  private boolean closed;

  StubResultSet(StubStatement statement) {
    this.statement = statement;
  }

  @Override
  public boolean next() {
    boolean first = !rowRead;
    rowRead = true;
    return first;
  }

  @Override
  public int getInt(int columnIndex) {
    return VALUE;
  }

  @Override
  public int getInt(String columnLabel) {
    return VALUE;
  }

  @Override
  public long getLong(int columnIndex) {
    return VALUE;
  }

  @Override
  public String getString(int columnIndex) {
    return Integer.toString(VALUE);
  }

  @Override
  public int findColumn(String columnLabel) {
    return 1;
  }

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public Statement getStatement() {
    return statement;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }
}
