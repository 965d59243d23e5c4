package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluicePool;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Named pools by environment variables, as a container gets them. */
@ExtendWith(OutputCaptureExtension.class)
class PoolVariablesTest {
  @JdbcApplication
  static class Plain {}

  private static SluicePool pool(ConfigurableApplicationContext app, String qualifier) {
    return (SluicePool)
        BeanFactoryAnnotationUtils.qualifiedBeanOfType(
            app.getBeanFactory(), DataSource.class, qualifier);
  }

  @Test
  void variablesDeclareQualifiedPools() {
    Map<String, Object> variables =
        Map.of(
            "SLUICE_POOLS_AUDIT_URL", Apps.newUrl(),
            "SLUICE_POOLS_AUDIT_MAX_SIZE", "3",
            "SLUICE_POOLS_AUDIT_DRIVER_IFEXISTS", "FALSE",
            "SLUICE_POOLS_TENANT42_URL", Apps.newUrl(),
            "SLUICE_POOLS_TENANT42_MAXSIZE", "4",
            "SLUICE_POOLS_ORDER_HISTORY_URL", Apps.newUrl(),
            "SLUICE_POOLS_ORDER_HISTORY_MAX_SIZE", "5",
            "SLUICE_POOLS_ORDER_HISTORY_INIT_SQL_0", "SELECT 1");
    try (ConfigurableApplicationContext app =
        Apps.run(Plain.class, variables, Apps.newDatabase())) {
      assertThat(pool(app, "audit").config().pool().maxSize()).isEqualTo(3);
      assertThat(pool(app, "audit").config().driverProperties()).containsKey("ifexists");
      assertThat(pool(app, "tenant42").config().pool().maxSize()).isEqualTo(4);
      SluicePool history = pool(app, "order-history");
      assertThat(history.config().pool().maxSize()).isEqualTo(5);
      assertThat(history.config().initSql()).containsExactly("SELECT 1");
      assertThat(history.name()).isEqualTo("order-history");
      assertThat(app.getBeansOfType(DataSource.class)).hasSize(4);
    }
  }

  /** The file says what everybody may know, and the environment has the secret. */
  @Test
  void variablesCompletePoolsThatPropertiesDeclareHoweverTheyAreSpelt() {
    Map<String, Object> variables =
        Map.of(
            "SLUICE_POOLS_ORDER_HISTORY_USER", "sa",
            "SLUICE_POOLS_ORDERHISTORY_MAXSIZE", "6",
            "SLUICE_POOLS_TENANT_2_MIN_SIZE", "1",
            "SLUICE_POOLS_STOCKLEVEL_MAX_SIZE", "7");
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            variables,
            Apps.newDatabase(),
            "sluice.pools.order-history.url=" + Apps.newUrl(),
            "sluice.pools.tenant-2.url=" + Apps.newUrl(),
            "sluice.pools.stockLevel.url=" + Apps.newUrl())) {
      assertThat(pool(app, "order-history").config().pool().maxSize()).isEqualTo(6);
      assertThat(pool(app, "order-history").config().user()).isEqualTo("sa");
      assertThat(pool(app, "tenant-2").config().pool().minSize()).isEqualTo(1);
      assertThat(pool(app, "stockLevel").config().pool().maxSize()).isEqualTo(7);
      assertThat(app.getBeansOfType(DataSource.class)).hasSize(4);
    }
  }

  @Test
  void argumentBeatsTheVariable() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Map.of("SLUICE_POOLS_AUDIT_URL", Apps.newUrl(), "SLUICE_POOLS_AUDIT_PRIMARY", "true"),
            "sluice.pools.audit.primary=false",
            "sluice.pools.AUDIT.max-size=2",
            Apps.newDatabase())) {
      assertThat(app.getBeansOfType(DataSource.class)).hasSize(2).containsKey("dataSource");
    }
  }

  @Test
  void misspeltOptionOfAPoolStopsTheApplication(CapturedOutput output) {
    Map<String, Object> variables =
        Map.of(
            "SLUICE_POOLS_ORDER_HISTORY_URL", Apps.newUrl(),
            "SLUICE_POOLS_ORDER_HISTORY_MAX_SISE", "5",
            "SLUICE_POOLS_ORDER_HISTORY_START_POLICY", "fail-fast");

    assertThatThrownBy(
            () -> {
              try (ConfigurableApplicationContext app =
                  Apps.run(Plain.class, variables, Apps.newDatabase())) {
                pool(app, "order-history").getConnection().close();
              }
            })
        .hasStackTraceContaining("sluice.pools.order-history.max-sise is not an option")
        .hasStackTraceContaining("max-size");
    assertThat(output).doesNotContain("ignored");
  }

  /** Kubernetes sets them for a Service called sluice-pools. */
  @Test
  void variablesOfStrangersDeclareNoPool(CapturedOutput output) {
    Map<String, Object> variables =
        Map.of(
            "SLUICE_POOLS_SERVICE_HOST", "10.0.0.1",
            "SLUICE_POOLS_PORT_5432_TCP_ADDR", "10.0.0.1",
            "SLUICE_POOLS_PORT", "tcp://10.0.0.1:5432",
            "SLUICE_POOLS_AUDIT_ULR", "jdbc:h2:mem:never");
    try (ConfigurableApplicationContext app =
        Apps.run(Plain.class, variables, Apps.newDatabase())) {
      assertThat(app.getBeansOfType(DataSource.class)).containsOnlyKeys("dataSource");
    }
    assertThat(output).contains("SLUICE_POOLS_AUDIT_ULR names no option of sluice.pools");
  }
}
