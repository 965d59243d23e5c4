package dev.sluice.micronaut;

import dev.sluice.jdbc.SluiceDataSource;

/**
 * The pool of a data source, inside a bean that is no {@link javax.sql.DataSource}: other modules
 * wrap every bean that is one.
 */
record NamedPool(SluiceDataSource dataSource) implements AutoCloseable {
  @Override
  public void close() {
    dataSource.close();
  }
}
