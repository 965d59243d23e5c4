package dev.sluice.micronaut;

import dev.sluice.jdbc.SluicePool;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pools of the application, to read their figures and to resize, refresh or suspend them.
 * Inject this bean for that, and a {@link javax.sql.DataSource} for connections.
 *
 * <p>Thread-safe.
 */
@Singleton
public final class SluicePools {
  private final Map<String, SluicePool> pools = new TreeMap<>();

  SluicePools(Map<String, NamedPool> named) {
    named.forEach((name, pool) -> pools.put(name, pool.dataSource()));
  }

  /** The pools by the names of their data sources, as in {@code datasources.NAME}. */
  public Map<String, SluicePool> byName() {
    return Collections.unmodifiableMap(pools);
  }
}
