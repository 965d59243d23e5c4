package dev.sluice.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluiceConfigException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluicePool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.hibernate.HibernateException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.service.UnknownUnwrapTypeException;
import org.junit.jupiter.api.Test;

/** Hibernate alone, with Sluice beside it on the class path and nothing else changed. */
class SluiceConnectionProviderTest {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final String url = "jdbc:h2:mem:hibernate" + DATABASES.incrementAndGet();

  private Configuration application() {
    // tag::hibernate[]
    Configuration configuration = new Configuration();
    configuration.setProperty("jakarta.persistence.jdbc.url", url);
    configuration.setProperty("jakarta.persistence.jdbc.user", "sa");
    configuration.setProperty("jakarta.persistence.jdbc.password", "");
    configuration.setProperty("hibernate.sluice.max-size", "5"); // every option of Sluice
    configuration.setProperty("hibernate.sluice.acquire-timeout", "5s");
    // end::hibernate[]
    return configuration
        .setProperty("hibernate.hbm2ddl.auto", "update")
        .addAnnotatedClass(Note.class);
  }

  private static SluiceDataSource poolOf(SessionFactory sessions) {
    return sessions
        .unwrap(SessionFactoryImplementor.class)
        .getServiceRegistry()
        .requireService(ConnectionProvider.class)
        .unwrap(SluiceDataSource.class);
  }

  @Test
  void hibernateFindsTheProviderAndClosesItsPool() {
    SluiceDataSource pool;
    try (SessionFactory sessions = application().buildSessionFactory()) {
      sessions.inTransaction(session -> session.persist(new Note("one")));

      long notes =
          sessions.fromTransaction(
              session ->
                  session.createQuery("select count(n) from Note n", Long.class).getSingleResult());

      assertThat(notes).isEqualTo(1);
      pool = poolOf(sessions);
      assertThat(pool.config().pool().maxSize()).isEqualTo(5);
      assertThat(pool.config().pool().acquireTimeout()).hasSeconds(5);
      assertThat(pool.stats().acquired()).isPositive();
      assertThat(pool.stats().active()).isZero();
    }
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void autoCommitIsOffAsWithHibernatesOtherProviders() throws SQLException {
    try (SessionFactory sessions = application().buildSessionFactory();
        Connection connection = poolOf(sessions).getConnection()) {
      assertThat(connection.getAutoCommit()).isFalse();
    }
  }

  @Test
  void generalSettingsReachThePool() throws SQLException {
    Configuration configuration =
        application()
            .setProperty("hibernate.connection.autocommit", "true")
            .setProperty("hibernate.connection.isolation", "SERIALIZABLE")
            .setProperty("hibernate.connection.driver_class", "org.h2.Driver")
            .setProperty("hibernate.connection.NETWORK_TIMEOUT", "12345");

    try (SessionFactory sessions = configuration.buildSessionFactory();
        Connection connection = poolOf(sessions).getConnection()) {
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(poolOf(sessions).config().driverProperties()).containsOnlyKeys("NETWORK_TIMEOUT");
    }
  }

  @Test
  void settingsOfHikariCpAreReadAndThoseOfSluiceWin() {
    Configuration configuration =
        application()
            .setProperty("hibernate.hikari.maximumPoolSize", "7")
            .setProperty("hibernate.hikari.minimumIdle", "2")
            .setProperty("hibernate.hikari.poolName", "notes");

    try (SessionFactory sessions = configuration.buildSessionFactory()) {
      assertThat(poolOf(sessions).config().pool().maxSize()).isEqualTo(5);
      assertThat(poolOf(sessions).config().pool().minSize()).isEqualTo(2);
      assertThat(poolOf(sessions).config().pool().name()).isEqualTo("notes");
    }
  }

  @Test
  void wrongSettingNamesItself() {
    Configuration configuration = application().setProperty("hibernate.sluice.max-sise", "5");

    assertThatThrownBy(configuration::buildSessionFactory)
        .hasStackTraceContaining("hibernate.sluice.max-sise")
        .hasRootCauseInstanceOf(SluiceConfigException.class);
  }

  @Test
  void providerIsUnwrappedAsWhatItIs() {
    SluiceConnectionProvider provider = new SluiceConnectionProvider();
    provider.configure(Map.of("hibernate.connection.url", url));
    try {
      for (Class<?> type :
          new Class<?>[] {
            ConnectionProvider.class, DataSource.class, SluiceDataSource.class, SluicePool.class
          }) {
        assertThat(provider.isUnwrappableAs(type)).as(type.getName()).isTrue();
        assertThat(provider.unwrap(type)).isInstanceOf(type);
      }
      assertThat(provider.isUnwrappableAs(Runnable.class)).isFalse();
      assertThatThrownBy(() -> provider.unwrap(Runnable.class))
          .isInstanceOf(UnknownUnwrapTypeException.class);
    } finally {
      provider.stop();
    }
  }

  @Test
  void providerThatWasNotConfiguredSaysSo() {
    SluiceConnectionProvider provider = new SluiceConnectionProvider();

    assertThatThrownBy(provider::getConnection)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not configured");
    provider.stop();
  }

  @Test
  void databaseThatCannotBeReachedStopsAnApplicationThatFailsFast() {
    SluiceConnectionProvider provider = new SluiceConnectionProvider();
    Map<String, Object> settings =
        Map.of(
            "hibernate.connection.url", "jdbc:h2:mem:absent;IFEXISTS=TRUE",
            "hibernate.sluice.start-policy", "FAIL_FAST");

    assertThatThrownBy(() -> provider.configure(settings))
        .isInstanceOf(HibernateException.class)
        .hasMessageContaining("absent");
  }
}
