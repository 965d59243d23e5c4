package dev.sluice.jakarta;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.jta.JtaDataSource;
import jakarta.ejb.Singleton;
import jakarta.inject.Inject;
import javax.sql.DataSource;

/** Uses the data source of the application's own. */
@Singleton
public class ProducedShelf extends Shelf {
  @Inject private JtaDataSource dataSource;

  /** For the server. */
  public ProducedShelf() {}

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  /** The pool itself. */
  public SluicePool pool() {
    return dataSource.pool();
  }
}
