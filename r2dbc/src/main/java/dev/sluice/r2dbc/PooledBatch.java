package dev.sluice.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Wrapped;
import org.reactivestreams.Publisher;

/** A driver's batch that stops working when its connection goes back to the pool. */
final class PooledBatch implements Batch, Wrapped<Batch> {
  private final PooledConnection connection;
  private final Batch raw;
  private int effect;

  PooledBatch(PooledConnection connection, Batch raw) {
    this.connection = connection;
    this.raw = raw;
  }

  @Override
  public Batch add(String sql) {
    raw.add(sql);
    effect |= connection.effectOf(sql);
    return this;
  }

  @Override
  public Publisher<? extends Result> execute() {
    return connection.results(effect, raw::execute);
  }

  @Override
  public Batch unwrap() {
    return raw;
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
