package dev.sluice.bench;

import dev.sluice.bench.pools.Target;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.net.URI;
import java.time.Duration;

/** The reactive pools, configured alike: a driver, a size, and 30 s to wait. */
enum ReactivePool {
  SLUICE("Sluice") {
    @Override
    ConnectionFactory open(ConnectionFactory driver, int size) {
      return SluiceConnectionFactory.builder(driver)
          .initialSize(size)
          .minIdle(size)
          .maxSize(size)
          .maxAcquireTime(PATIENCE)
          .build();
    }
  },
  R2DBC_POOL("r2dbc-pool") {
    @Override
    ConnectionFactory open(ConnectionFactory driver, int size) {
      return new ConnectionPool(
          ConnectionPoolConfiguration.builder(driver)
              .initialSize(size)
              .minIdle(size)
              .maxSize(size)
              .maxAcquireTime(PATIENCE)
              .build());
    }
  };

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String title;

  ReactivePool(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** A new pool, which ends with the JVM. */
  abstract ConnectionFactory open(ConnectionFactory driver, int size);

  /** PostgreSQL's driver for a database. */
  static ConnectionFactory driver(Target target) {
    URI url = URI.create(target.url().substring("jdbc:".length()));
    return ConnectionFactories.get(
        ConnectionFactoryOptions.builder()
            .option(ConnectionFactoryOptions.DRIVER, "postgresql")
            .option(ConnectionFactoryOptions.HOST, url.getHost())
            .option(ConnectionFactoryOptions.PORT, url.getPort())
            .option(ConnectionFactoryOptions.DATABASE, url.getPath().substring(1))
            .option(ConnectionFactoryOptions.USER, target.user())
            .option(ConnectionFactoryOptions.PASSWORD, target.password())
            .build());
  }
}
