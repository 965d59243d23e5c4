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
    AgroalDataSourceConfigurationSupplier configuration =
        new AgroalDataSourceConfigurationSupplier();
    pool(configuration.connectionPoolConfiguration(), shape);
    AgroalDataSource pool = AgroalDataSource.from(configuration.get());
    return OpenPool.of(pool);
  }

  private static void pool(
      AgroalConnectionPoolConfigurationSupplier configuration, PoolShape shape) {
    configuration
        .initialSize(shape.minSize())
        .minSize(shape.minSize())
        .maxSize(shape.maxSize())
        .acquisitionTimeout(PoolShape.ACQUIRE_TIMEOUT);
    factory(configuration.connectionFactoryConfiguration(), shape.target());
    if (shape.shrinks()) {
      configuration.reapTimeout(shape.idleTimeout());
    }
  }

  private static void factory(AgroalConnectionFactoryConfigurationSupplier factory, Target target) {
    factory
        .connectionProviderClassName(target.driverClass())
        .jdbcUrl(target.url())
        .principal(new NamePrincipal(target.user()))
        .credential(new SimplePassword(target.password()));
  }
}
