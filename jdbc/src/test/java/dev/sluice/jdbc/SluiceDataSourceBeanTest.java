package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The data source that frameworks make by its constructor and configure by its setters. */
class SluiceDataSourceBeanTest {
  private final FakeDatabase db = FakeDatabase.create();

  private SluiceDataSourceBean bean() {
    SluiceDataSourceBean bean = new SluiceDataSourceBean();
    bean.setUrl(db.url());
    bean.setName("bean");
    return bean;
  }

  @Test
  void everyOptionIsAProperty() throws Exception {
    TreeMap<String, PropertyDescriptor> properties = new TreeMap<>();
    for (PropertyDescriptor property :
        Introspector.getBeanInfo(SluiceDataSourceBean.class).getPropertyDescriptors()) {
      properties.put(property.getName(), property);
    }

    for (Option option : Option.values()) {
      boolean isList = Set.of(Option.LISTENER, Option.GROUP).contains(option);

      assertThat(properties).as("%s", option).containsKey(option.key());
      assertThat(properties.get(option.key()).getWriteMethod()).as("%s", option).isNotNull();
      assertThat(properties.get(option.key() + (isList ? "s" : "")).getReadMethod())
          .as("%s", option)
          .isNotNull();
    }
    assertThat(properties).containsKeys("username", "driverProperties");
  }

  @Test
  void gettersAnswerTheDefaultsBeforeAnythingIsSet() {
    SluiceDataSourceBean bean = new SluiceDataSourceBean();
    SluiceConfig defaults = Sluice.dataSource("jdbc:none:").toConfig();

    assertThat(bean.getMaxSize()).isEqualTo(defaults.pool().maxSize());
    assertThat(bean.getAcquireTimeout()).isEqualTo(defaults.pool().acquireTimeout());
    assertThat(bean.getFairness()).isEqualTo(defaults.pool().fairness());
    assertThat(bean.getResetPolicy()).isEqualTo("FAST");
    assertThat(bean.getAutoCommit()).isNull();
    assertThat(bean.getUrl()).isNull();
    assertThat(bean.getListeners()).isEmpty();
  }

  @Test
  void settersReachThePool() throws SQLException {
    try (SluiceDataSourceBean bean = bean()) {
      bean.setUsername("app");
      bean.setPassword("secret");
      bean.setMaxSize(3);
      bean.setAcquireTimeout("2s");
      bean.setFairness("strict");
      bean.setTransactionIsolation("READ_COMMITTED");
      Properties properties = new Properties();
      properties.setProperty("ApplicationName", "shop");
      bean.setDriverProperties(properties);

      bean.getConnection().close();

      SluiceConfig config = bean.unwrap(SluiceDataSource.class).config();
      assertThat(config.user()).isEqualTo("app");
      assertThat(config.pool().maxSize()).isEqualTo(3);
      assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
      assertThat(config.pool().fairness()).isEqualTo(Fairness.STRICT);
      assertThat(config.transactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(bean.getPassword()).isEqualTo("secret");
      assertThat(bean.getDriverProperties()).containsEntry("ApplicationName", "shop");
      assertThat(bean.toString()).doesNotContain("secret");
    }
  }

  @Test
  void setterOfAFixedOptionIsRefusedOnceThePoolHasStarted() throws SQLException {
    try (SluiceDataSourceBean bean = bean()) {
      bean.getConnection().close();

      assertThatThrownBy(() -> bean.setMaxLifetime(Duration.ofMinutes(3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "maxLifetime cannot change any more, because the pool 'bean' has been started; set it"
                  + " before the first connection");
    }
  }

  @Test
  void setterOfAChangeableOptionReachesTheRunningPool() throws SQLException {
    try (SluiceDataSourceBean bean = bean()) {
      bean.getConnection().close();

      bean.setMaxSize(17);

      assertThat(bean.stats().maxSize()).isEqualTo(17);
      assertThat(bean.getMaxSize()).isEqualTo(17);
    }
  }

  @Test
  void textThatCannotBeReadIsRefusedAtOnce() {
    SluiceDataSourceBean bean = new SluiceDataSourceBean();

    assertThatThrownBy(() -> bean.setAcquireTimeout("soon"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("acquireTimeout must be ");
  }

  @Test
  void invalidConfigurationIsAnSqlExceptionAndCanBeMended() throws SQLException {
    try (SluiceDataSourceBean bean = bean()) {
      bean.setMaxSize(-1);
      assertThatThrownBy(bean::getConnection)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("maxSize")
          .hasCauseInstanceOf(SluiceConfigException.class);

      bean.setMaxSize(2);

      bean.getConnection().close();
    }
  }

  @Test
  void manyFirstCallersShareOnePool() {
    try (SluiceDataSourceBean bean = bean()) {
      CompletableFuture<?>[] callers = new CompletableFuture<?>[8];
      for (int i = 0; i < callers.length; i++) {
        callers[i] = CompletableFuture.runAsync(() -> borrow(bean));
      }

      CompletableFuture.allOf(callers).join();

      assertThat(bean.stats().acquired()).isEqualTo(callers.length);
    }
  }

  private static void borrow(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      assertThat(connection.isClosed()).isFalse();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callerThatIsInterruptedWhileAnotherStartsThePoolIsToldSo() {
    try (SluiceDataSourceBean bean = bean()) {
      bean.setStartPolicy(StartPolicy.FAIL_FAST); // so that the first caller waits for the database
      db.blackHole(true);
      CompletableFuture<?> first = CompletableFuture.runAsync(() -> borrow(bean));
      Eventually.await(() -> db.connectingNow() > 0, "the first caller starts the pool");

      Thread.currentThread().interrupt();

      assertThatThrownBy(bean::getConnection).isInstanceOf(AcquireInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
      db.blackHole(false);
      first.join();
    }
  }

  @Test
  void beanThatIsClosedBeforeItsFirstUseBuildsNoPool() {
    SluiceDataSourceBean bean = bean();

    bean.close();

    assertThat(bean.isClosed()).isTrue();
    assertThatThrownBy(bean::getConnection).isInstanceOf(PoolClosedException.class);
    assertThatThrownBy(() -> bean.setMaxSize(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed");
  }

  @Test
  void everyFormIsFoundAsAPoolThroughAProxyThatOnlyUnwraps() throws SQLException {
    try (SluiceDataSourceBean bean = bean();
        SluiceDataSource own = Sluice.dataSource(db.url()).name("own").build()) {
      bean.getConnection().close();

      assertThat(found(bean).name()).isEqualTo("bean");
      assertThat(found(own).name()).isEqualTo("own");
      assertThat(found(own.lazy()).name()).isEqualTo("own");
      assertThat(found(own.withRetry(RetryPolicy.DEFAULT)).name()).isEqualTo("own");
      assertThat(found(ReadWriteDataSource.of(own)).name()).isEqualTo("own");
    }
  }

  private static SluicePool found(DataSource dataSource) throws SQLException {
    DataSource decorated =
        (DataSource)
            Proxy.newProxyInstance(
                SluiceDataSourceBeanTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> method.invoke(dataSource, arguments));
    assertThat(decorated.isWrapperFor(SluicePool.class)).isTrue();
    return decorated.unwrap(SluicePool.class);
  }
}
