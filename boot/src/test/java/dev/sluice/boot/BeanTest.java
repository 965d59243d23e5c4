package dev.sluice.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.SluiceObjectFactory;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import javax.naming.CompositeName;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import javax.sql.DataSource;
import org.apache.naming.ResourceRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The JavaBean, in the hands of Spring Boot and of Tomcat. */
class BeanTest {
  private final TestDatabase database = Databases.postgres();

  @BeforeAll
  static void startServer() {
    Databases.sharedPostgres();
  }

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  @Test
  void dataSourceBuilderMakesTheBean() throws SQLException {
    // tag::builder[]
    SluiceDataSourceBean dataSource =
        DataSourceBuilder.create()
            .type(SluiceDataSourceBean.class)
            .url(database.url())
            .username(database.user())
            .password(database.password())
            .build();
    dataSource.setMaxSize(5);
    // end::builder[]

    try (dataSource) {
      assertServes(dataSource);
      assertThat(dataSource.stats().maxSize()).isEqualTo(5);
    }
  }

  /** As Boot does for Flyway, Liquibase and scripts that have a user of their own. */
  @Test
  void builderThatIsDerivedFromTheBeanMakesAnother() throws SQLException {
    try (SluiceDataSourceBean dataSource = new SluiceDataSourceBean()) {
      dataSource.setUrl(database.url());
      dataSource.setUsername("somebody");
      dataSource.setPassword("wrong");

      DataSource derived =
          DataSourceBuilder.derivedFrom(dataSource)
              .type(SluiceDataSourceBean.class)
              .username(database.user())
              .password(database.password())
              .build();

      try (SluiceDataSourceBean other = (SluiceDataSourceBean) derived) {
        assertServes(other);
      }
    }
  }

  @Test
  void bootMakesTheBeanWhenItsPropertiesNameIt() {
    SluicePool pool;
    try (ConfigurableApplicationContext app =
        SpringApplication.run(
            Shop.class,
            "--spring.datasource.type=" + SluiceDataSourceBean.class.getName(),
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.user(),
            "--spring.datasource.password=" + database.password(),
            "--server.port=0",
            "--server.address=127.0.0.1")) {
      DataSource dataSource = app.getBean(DataSource.class);

      pool = DataSourceUnwrapper.unwrap(new DelegatingDataSource(dataSource), SluicePool.class);

      assertThat(dataSource).isInstanceOf(SluiceDataSourceBean.class);
      assertThat(pool).isNotNull();
      assertThat(app.getBean(Books.class).count()).isZero();
      assertThat(pool.stats().acquired()).isPositive();
    }
    assertThat(pool.isClosed()).isTrue();
  }

  /** {@code <Resource type="dev.sluice.jdbc.SluiceDataSourceBean" factory="...BeanFactory">}. */
  @Test
  void tomcatsFactoryOfBeansSetsTheProperties() throws Exception {
    ResourceRef resource =
        new ResourceRef(
            SluiceDataSourceBean.class.getName(),
            null,
            "",
            "Container",
            true,
            "org.apache.naming.factory.BeanFactory",
            null);
    add(resource, "maxSize", "4");
    add(resource, "acquireTimeout", "7s");
    add(resource, "shutdownHook", "false");

    Object made =
        NamingManager.getObjectInstance(resource, new CompositeName("jdbc/app"), null, null);

    try (SluiceDataSourceBean dataSource = (SluiceDataSourceBean) made) {
      assertServes(dataSource);
      assertThat(dataSource.getMaxSize()).isEqualTo(4);
      assertThat(dataSource.getAcquireTimeout()).hasSeconds(7);
    }
  }

  /**
   * {@code <Resource type="javax.sql.DataSource" factory="dev.sluice.jdbc.SluiceObjectFactory">}.
   */
  @Test
  void sluicesFactoryReadsTomcatsResource() throws Exception {
    ResourceRef resource =
        new ResourceRef(
            DataSource.class.getName(),
            null,
            "Shareable",
            "Container",
            true,
            SluiceObjectFactory.class.getName(),
            null);
    add(resource, "closeMethod", "close");
    add(resource, "maxSize", "4");

    Object made =
        NamingManager.getObjectInstance(resource, new CompositeName("jdbc/app"), null, null);

    try (SluiceDataSource dataSource = (SluiceDataSource) made) {
      assertServes(dataSource);
      assertThat(dataSource.name()).isEqualTo("app");
      assertThat(dataSource.config().pool().maxSize()).isEqualTo(4);
    }
  }

  private void add(ResourceRef resource, String name, String value) {
    if (resource.get("url") == null) {
      resource.add(new StringRefAddr("url", database.url()));
      resource.add(new StringRefAddr("username", database.user()));
      resource.add(new StringRefAddr("password", database.password()));
    }
    resource.add(new StringRefAddr(name, value));
  }

  private static void assertServes(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }
}
