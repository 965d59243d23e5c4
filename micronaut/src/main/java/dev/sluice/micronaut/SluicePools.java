package dev.sluice.micronaut;

import dev.sluice.jdbc.SluicePool;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pools of the application, for whoever operates them: figures, resize, refresh, suspend.
 * Inject it; the data sources themselves are injected as {@link javax.sql.DataSource}.
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
