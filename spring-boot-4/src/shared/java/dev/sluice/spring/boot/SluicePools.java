package dev.sluice.spring.boot;

import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.SluicePool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The pools of an application, behind whatever proxies its data sources have. */
final class SluicePools implements PoolDirectory {
  private final ListableBeanFactory beans;

  SluicePools(ListableBeanFactory beans) {
    this.beans = beans;
  }

  /** The pools by name. Of two with the same name, the second has its bean's name. */
  Map<String, SluicePool> byName() {
    Map<String, SluicePool> pools = new LinkedHashMap<>();
    beans
        .getBeansOfType(DataSource.class, false, true)
        .forEach(
            (beanName, dataSource) -> {
              for (SluicePool pool : of(dataSource)) {
                if (!pools.containsValue(pool)) {
                  pools.putIfAbsent(pools.containsKey(pool.name()) ? beanName : pool.name(), pool);
                }
              }
            });
    return pools;
  }

  @Override
  public Map<String, OperatedPool> operated() {
    Map<String, OperatedPool> all = new LinkedHashMap<>();
    byName().forEach((name, pool) -> all.put(name, new OperatedJdbcPool(pool)));
    return all;
  }

  /** The pools that a data source leads to: none if it is not Sluice's, several if it routes. */
  static List<SluicePool> of(DataSource dataSource) {
    SluicePool pool = DataSourceUnwrapper.unwrap(dataSource, SluicePool.class);
    if (pool != null) {
      return List.of(pool);
    }
    RoutingDataSource routing = routing(dataSource);
    return routing == null ? List.of() : List.copyOf(routing.pools().values());
  }

  private static @Nullable RoutingDataSource routing(DataSource dataSource) {
    @Nullable DataSource inner = dataSource;
    while (inner instanceof DelegatingDataSource wrapper) {
      inner = wrapper.getTargetDataSource();
    }
    return inner instanceof RoutingDataSource routing ? routing : null;
  }
}
