package dev.sluice.bench.pools;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;

/** Agroal. */
final class AgroalPeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws SQLException {
    AgroalDataSource pool =
        AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(configuration -> pool(configuration, shape)));
    return new OpenPool(pool, pool::close);
  }

  private static AgroalConnectionPoolConfigurationSupplier pool(
      AgroalConnectionPoolConfigurationSupplier configuration, PoolShape shape) {
    configuration
        .initialSize(shape.minSize())
        .minSize(shape.minSize())
        .maxSize(shape.maxSize())
        .acquisitionTimeout(PoolShape.ACQUIRE_TIMEOUT)
        .connectionFactoryConfiguration(factory -> factory(factory, shape.target()));
    if (shape.shrinks()) {
      configuration.reapTimeout(shape.idleTimeout());
    }
    return configuration;
  }

  private static AgroalConnectionFactoryConfigurationSupplier factory(
      AgroalConnectionFactoryConfigurationSupplier factory, Target target) {
    return factory
        .connectionProviderClassName(target.driverClass())
        .jdbcUrl(target.url())
        .principal(new NamePrincipal(target.user()))
        .credential(new SimplePassword(target.password()));
  }
}
