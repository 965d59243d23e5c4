package dev.sluice.spring.boot;

import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.r2dbc.ConnectionFactoryOptionsBuilderCustomizer;
import org.springframework.boot.autoconfigure.r2dbc.R2dbcConnectionDetails;
import org.springframework.boot.autoconfigure.r2dbc.R2dbcProperties;

/** What Boot's own types say about R2DBC; each line of Boot has them in another package. */
final class BootR2dbc {
  private BootR2dbc() {}

  /** The database that a service connection, the URL or the application's bean describes. */
  static Optional<ConnectionFactoryOptions> details(ListableBeanFactory beans) {
    return Optional.ofNullable(beans.getBeanProvider(R2dbcConnectionDetails.class).getIfAvailable())
        .map(R2dbcConnectionDetails::getConnectionFactoryOptions);
  }

  /** The database's name by {@code spring.r2dbc.name} or {@code generate-unique-name}, or null. */
  static @Nullable String databaseName(ListableBeanFactory beans) {
    R2dbcProperties properties = beans.getBeanProvider(R2dbcProperties.class).getIfAvailable();
    if (properties == null) {
      return null;
    }
    return properties.isGenerateUniqueName()
        ? properties.determineUniqueName()
        : properties.getName();
  }

  /** Lets the application's beans change the driver's options. */
  static void customize(ConnectionFactoryOptions.Builder options, ListableBeanFactory beans) {
    beans
        .getBeanProvider(ConnectionFactoryOptionsBuilderCustomizer.class)
        .orderedStream()
        .forEach(customizer -> customizer.customize(options));
  }
}
