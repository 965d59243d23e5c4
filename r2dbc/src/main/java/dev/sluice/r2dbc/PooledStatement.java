package dev.sluice.r2dbc;

import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Wrapped;
import org.reactivestreams.Publisher;

/** A driver's statement that stops working when its connection goes back to the pool. */
final class PooledStatement implements Statement, Wrapped<Statement> {
  private final PooledConnection connection;
  private final Statement raw;
  private final int effect;

  PooledStatement(PooledConnection connection, Statement raw, int effect) {
    this.connection = connection;
    this.raw = raw;
    this.effect = effect;
  }

  @Override
  public Publisher<? extends Result> execute() {
    return connection.results(effect, raw::execute);
  }

  @Override
  public Statement add() {
    raw.add();
    return this;
  }

  @Override
  public Statement bind(int index, Object value) {
    raw.bind(index, value);
    return this;
  }

  @Override
  public Statement bind(String name, Object value) {
    raw.bind(name, value);
    return this;
  }

  @Override
  public Statement bindNull(int index, Class<?> type) {
    raw.bindNull(index, type);
    return this;
  }

  @Override
  public Statement bindNull(String name, Class<?> type) {
    raw.bindNull(name, type);
    return this;
  }

  @Override
  public Statement returnGeneratedValues(String... columns) {
    raw.returnGeneratedValues(columns);
    return this;
  }

  @Override
  public Statement fetchSize(int rows) {
    raw.fetchSize(rows);
    return this;
  }

  @Override
  public Statement unwrap() {
    return raw;
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
