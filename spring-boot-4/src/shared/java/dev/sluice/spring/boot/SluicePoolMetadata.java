package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolStats;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;

/** What Boot asks of a pool, for {@code jdbc.connections.*} and for Hibernate. */
final class SluicePoolMetadata implements DataSourcePoolMetadata {
  private final List<SluicePool> pools;

  SluicePoolMetadata(List<SluicePool> pools) {
    this.pools = pools;
  }

  private int sum(ToIntFunction<PoolStats> figure) {
    return pools.stream().map(Figures::of).mapToInt(figure).sum();
  }

  private SluiceConfig config() {
    return pools.get(0).config();
  }

  @Override
  public Float getUsage() {
    int max = getMax();
    return max == 0 ? 0f : (float) getActive() / max;
  }

  @Override
  public Integer getActive() {
    return sum(PoolStats::active);
  }

  @Override
  public Integer getIdle() {
    return sum(PoolStats::idle);
  }

  @Override
  public Integer getMax() {
    return sum(PoolStats::maxSize);
  }

  @Override
  public Integer getMin() {
    return sum(PoolStats::minSize);
  }

  @Override
  public @Nullable String getValidationQuery() {
    return config().validationQuery();
  }

  @Override
  public @Nullable Boolean getDefaultAutoCommit() {
    return config().autoCommit();
  }
}
