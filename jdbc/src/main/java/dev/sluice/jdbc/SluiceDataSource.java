package dev.sluice.jdbc;

/** Stands in until the data source itself is here. */
public final class SluiceDataSource implements AutoCloseable {
  private SluiceDataSource() {}

  /** Builds a data source. */
  public static SluiceDataSource create(SluiceConfig config) {
    throw new UnsupportedOperationException("not here yet");
  }

  @Override
  public void close() {}
}
