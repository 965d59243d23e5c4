package dev.sluice.spring.boot;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/** The reactive pools of an application, behind whatever wraps them. */
final class R2dbcPools implements PoolDirectory {
  private final ListableBeanFactory beans;

  R2dbcPools(ListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Of two with the same name, the second has its bean's name. */
  @Override
  public Map<String, OperatedPool> operated() {
    Map<String, OperatedPool> all = new LinkedHashMap<>();
    of(beans)
        .forEach(
            (beanName, pool) -> {
              String name = pool.config().name();
              all.putIfAbsent(all.containsKey(name) ? beanName : name, new OperatedR2dbcPool(pool));
            });
    return all;
  }

  /** The pools by the names of their beans. */
  static Map<String, SluiceConnectionFactory> of(ListableBeanFactory beans) {
    Map<String, SluiceConnectionFactory> pools = new LinkedHashMap<>();
    beans
        .getBeansOfType(ConnectionFactory.class)
        .forEach(
            (name, factory) -> {
              SluiceConnectionFactory pool = behind(factory);
              if (pool != null) {
                pools.put(name, pool);
              }
            });
    return pools;
  }

  /** The pool that a connection factory is or wraps; null if there is none. */
  static @Nullable SluiceConnectionFactory behind(ConnectionFactory factory) {
    Object candidate = factory;
    while (!(candidate instanceof SluiceConnectionFactory)
        && candidate instanceof Wrapped<?> wrapper) {
      candidate = wrapper.unwrap();
    }
    return candidate instanceof SluiceConnectionFactory pool ? pool : null;
  }
}
