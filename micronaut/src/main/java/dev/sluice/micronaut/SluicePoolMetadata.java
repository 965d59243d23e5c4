package dev.sluice.micronaut;

import dev.sluice.jdbc.SluiceDataSource;
import io.micronaut.jdbc.metadata.AbstractDataSourcePoolMetadata;
import org.jspecify.annotations.Nullable;

/** A pool's sizes as Micronaut asks for them. */
final class SluicePoolMetadata extends AbstractDataSourcePoolMetadata<SluiceDataSource> {
  SluicePoolMetadata(SluiceDataSource pool) {
    super(pool);
  }

  @Override
  public Integer getIdle() {
    return getDataSource().stats().idle();
  }

  @Override
  public Integer getActive() {
    return getDataSource().stats().active();
  }

  @Override
  public Integer getMax() {
    return getDataSource().stats().maxSize();
  }

  @Override
  public Integer getMin() {
    return getDataSource().stats().minSize();
  }

  @Override
  public @Nullable String getValidationQuery() {
    return getDataSource().config().validationQuery();
  }

  @Override
  public @Nullable Boolean getDefaultAutoCommit() {
    return getDataSource().config().autoCommit();
  }
}
