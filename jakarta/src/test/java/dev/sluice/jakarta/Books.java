package dev.sluice.jakarta;

import dev.sluice.jdbc.SluicePool;
import jakarta.annotation.Resource;
import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.ejb.Singleton;
import java.sql.SQLException;
import javax.sql.DataSource;

// tag::definition[]
@DataSourceDefinition(
    name = "java:app/jdbc/books",
    className = "dev.sluice.jdbc.SluiceDataSourceBean",
    url = "jdbc:h2:mem:jakarta;DB_CLOSE_DELAY=-1;sluice.acquireTimeout=5s",
    user = "sa",
    password = "sa",
    initialPoolSize = 0, // of the server's own pool, which lies over Sluice
    minPoolSize = 0,
    maxPoolSize = 5,
    properties = "maxSize=5")
@Singleton
public class Books extends Shelf {
  @Resource(lookup = "java:app/jdbc/books")
  private DataSource dataSource;

  // end::definition[]

  /** For the server. */
  public Books() {}

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  /** What lies below the server's pool. */
  public SluicePool pool() throws SQLException {
    return dataSource.unwrap(SluicePool.class);
  }
  // tag::definition[]
}
// end::definition[]
