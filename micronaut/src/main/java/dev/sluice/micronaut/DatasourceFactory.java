package dev.sluice.micronaut;

import dev.sluice.jdbc.PoolStartException;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfigException;
import dev.sluice.jdbc.SluiceDataSource;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.EachBean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.jdbc.JdbcDataSourceEnabled;
import io.micronaut.jdbc.metadata.DataSourcePoolMetadata;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pool of each {@link DatasourceConfiguration}, and the {@link DataSource} that other
 * modules may wrap. The context closes the pool.
 */
@Factory
final class DatasourceFactory {
  /**
   * The pool.
   *
   * @throws SluiceConfigException if its options are invalid
   * @throws PoolStartException if it must open a connection to start and cannot
   */
  @EachBean(DatasourceConfiguration.class)
  @Requires(condition = JdbcDataSourceEnabled.class)
  @Bean(preDestroy = "close")
  NamedPool pool(DatasourceConfiguration configuration, @Nullable PoolTimers timers) {
    SluiceBuilder builder = configuration.toBuilder();
    if (timers != null) {
      builder.listener(timers.create());
    }
    return new NamedPool(builder.build());
  }

  /** The pool under the type that applications inject. */
  @Context
  @EachBean(NamedPool.class)
  DataSource dataSource(NamedPool pool) {
    return pool.dataSource();
  }

  /** What Micronaut's own meters, {@code jdbc.connections.*}, ask of the pool. */
  @EachBean(NamedPool.class)
  DataSourcePoolMetadata<SluiceDataSource> metadata(NamedPool pool) {
    return new SluicePoolMetadata(pool.dataSource());
  }
}
