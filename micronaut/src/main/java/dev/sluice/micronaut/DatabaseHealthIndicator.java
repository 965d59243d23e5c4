package dev.sluice.micronaut;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolHealth;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.util.StringUtils;
import io.micronaut.health.HealthStatus;
import io.micronaut.jdbc.DataSourceResolver;
import io.micronaut.management.endpoint.health.HealthEndpoint;
import io.micronaut.management.health.indicator.AbstractHealthIndicator;
import io.micronaut.management.health.indicator.jdbc.JdbcIndicator;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The health {@code jdbc}, in place of Micronaut's own indicator, which waits for a connection of a
 * full pool and then says DOWN.
 */
@Singleton
@Replaces(JdbcIndicator.class)
@Requires(beans = {HealthEndpoint.class, DataSource.class})
@Requires(property = HealthEndpoint.PREFIX + ".jdbc.enabled", notEquals = StringUtils.FALSE)
final class DatabaseHealthIndicator extends AbstractHealthIndicator<Map<String, Object>> {
  private static final int VALID_WITHIN_SECONDS = 3;
  private static final String NO_ANSWER = "no answer";

  private final Map<String, DataSource> dataSources;
  private final DataSourceResolver resolver;

  DatabaseHealthIndicator(
      Map<String, DataSource> dataSources, @Nullable DataSourceResolver resolver) {
    this.dataSources = dataSources;
    this.resolver = resolver == null ? DataSourceResolver.DEFAULT : resolver;
  }

  @Override
  protected String getName() {
    return "jdbc";
  }

  @Override
  protected Map<String, Object> getHealthInformation() {
    Map<String, Object> details = new LinkedHashMap<>();
    boolean up = true;
    for (Map.Entry<String, DataSource> entry : dataSources.entrySet()) {
      PoolHealth health = health(resolver.resolve(entry.getValue()));
      details.put(entry.getKey(), health.details());
      up &= health.up();
    }
    healthStatus = up ? HealthStatus.UP : HealthStatus.DOWN;
    return details;
  }

  private static PoolHealth health(DataSource dataSource) {
    try {
      if (dataSource.isWrapperFor(SluicePool.class)) {
        return check(dataSource.unwrap(SluicePool.class));
      }
      try (Connection connection = dataSource.getConnection()) {
        boolean valid = connection.isValid(VALID_WITHIN_SECONDS);
        return new PoolHealth(valid, Map.of("state", valid ? "ok" : NO_ANSWER));
      }
    } catch (SQLException e) {
      return new PoolHealth(false, Map.of("state", NO_ANSWER, "error", text(e)));
    }
  }

  private static PoolHealth check(SluicePool pool) {
    boolean up = pool.checkHealth(PoolHealth.limit(pool.config().pool(), pool.stats()));
    return PoolHealth.of(up, pool.stats());
  }

  private static String text(SQLException e) {
    return e.getMessage() == null ? e.getClass().getName() : e.getMessage();
  }
}
