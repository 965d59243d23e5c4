package dev.sluice.spring.boot;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** A database that Testcontainers, Docker Compose or the application's own bean describes. */
final class ServiceConnection {
  private static final String BOOTS_OWN = ".PropertiesJdbcConnectionDetails";

  private ServiceConnection() {}

  /** Whether there is one, so that properties do not say where the database is. */
  static boolean isIn(ListableBeanFactory beans) {
    JdbcConnectionDetails details =
        beans.getBeanProvider(JdbcConnectionDetails.class).getIfAvailable();
    return details != null && !details.getClass().getName().endsWith(BOOTS_OWN);
  }
}
