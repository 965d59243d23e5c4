package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** The health {@code db}, in place of Boot's, for which a busy pool is a broken one. */
@AutoConfiguration(
    after = SluiceAutoConfiguration.class,
    beforeName =
        "org.springframework.boot.actuate.autoconfigure.jdbc.DataSourceHealthContributorAutoConfiguration",
    afterName = "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration")
@ConditionalOnClass({ConditionalOnEnabledHealthIndicator.class, HealthContributor.class})
@ConditionalOnBean({DataSource.class, SluicePools.class})
@ConditionalOnProperty(
    name = DefaultPool.TYPE,
    havingValue = "dev.sluice.jdbc.SluiceDataSourceBean")
@ConditionalOnEnabledHealthIndicator("db")
public class SluiceHealthAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = {"dbHealthIndicator", "dbHealthContributor"})
  HealthContributor dbHealthContributor(
      ListableBeanFactory beans,
      @Value("${management.health.db.ignore-routing-data-sources:false}") boolean ignoreRouting) {
    Map<String, HealthContributor> all = new LinkedHashMap<>();
    beans
        .getBeansOfType(DataSource.class)
        .forEach(
            (name, dataSource) -> {
              if (!(dataSource instanceof AbstractRoutingDataSource routing)) {
                add(all, name, dataSource);
              } else if (!ignoreRouting) {
                routing
                    .getResolvedDataSources()
                    .forEach((key, target) -> add(all, name + "-" + key, target));
              }
            });
    return all.size() == 1
        ? all.values().iterator().next()
        : CompositeHealthContributor.fromMap(all);
  }

  private static void add(Map<String, HealthContributor> all, String name, DataSource dataSource) {
    List<SluicePool> pools = SluicePools.of(dataSource);
    if (pools.isEmpty()) {
      all.put(name, new DataSourceHealthIndicator(dataSource));
    }
    for (SluicePool pool : pools) {
      all.put(pools.size() == 1 ? name : pool.name(), new SluiceHealthIndicator(pool));
    }
  }
}
