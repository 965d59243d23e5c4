package com.zaxxer.hikari.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.jdbc.SluicePool;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.HibernateException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.service.UnknownUnwrapTypeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that tell Hibernate to take its connections from HikariCP. */
class HikariConnectionProviderTest {
  @Entity(name = "Note")
  static class Note {
    @Id String text;

    Note() {}

    Note(String text) {
      this.text = text;
    }
  }

  private static Configuration application(String provider) {
    return new Configuration()
        .setProperty("hibernate.connection.provider_class", provider)
        .setProperty("hibernate.connection.url", "jdbc:h2:mem:provider")
        .setProperty("hibernate.connection.username", "sa")
        .setProperty("hibernate.connection.password", "")
        .setProperty("hibernate.hikari.maximumPoolSize", "3")
        .setProperty("hibernate.hikari.poolName", "notes")
        .setProperty("hibernate.hbm2ddl.auto", "create-drop")
        .addAnnotatedClass(Note.class);
  }

  private static ConnectionProvider providerOf(SessionFactory sessions) {
    return sessions
        .unwrap(SessionFactoryImplementor.class)
        .getServiceRegistry()
        .requireService(ConnectionProvider.class);
  }

  /** HikariCP's own, and the one of Hibernate's module for HikariCP. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.zaxxer.hikari.hibernate.HikariConnectionProvider",
        "org.hibernate.hikaricp.internal.HikariCPConnectionProvider"
      })
  void hibernateWorksOnThePoolAndClosesIt(String provider) throws SQLException {
    HikariDataSource pool;
    try (SessionFactory sessions = application(provider).buildSessionFactory()) {
      sessions.inTransaction(session -> session.persist(new Note("one")));
      assertThat(
              sessions.<Long>fromTransaction(
                  session ->
                      session
                          .createQuery("select count(n) from Note n", Long.class)
                          .getSingleResult()))
          .isEqualTo(1);

      pool = (HikariDataSource) providerOf(sessions).unwrap(DataSource.class);
      assertThat(pool.getPoolName()).isEqualTo("notes");
      assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
      assertThat(pool.unwrap(SluicePool.class).stats().acquired()).isPositive();
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    }
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void providerUnwrapsToItselfAndToThePool() {
    try (SessionFactory sessions =
        application(HikariConnectionProvider.class.getName()).buildSessionFactory()) {
      ConnectionProvider provider = providerOf(sessions);

      assertThat(provider.unwrap(HikariConnectionProvider.class)).isSameAs(provider);
      assertThat(provider.unwrap(HikariDataSource.class)).isNotNull();
      assertThat(provider.isUnwrappableAs(DataSource.class)).isTrue();
      assertThat(provider.isUnwrappableAs(String.class)).isFalse();
      assertThat(provider.supportsAggressiveRelease()).isFalse();
      assertThatThrownBy(() -> provider.unwrap(String.class))
          .isInstanceOf(UnknownUnwrapTypeException.class);
    }
  }

  @Test
  void settingsOfHikariCpWinOverHibernatesGeneralOnes() {
    HikariConfig config =
        HikariConfigurationUtil.loadConfiguration(
            Map.of(
                "hibernate.connection.url",
                "jdbc:h2:mem:general",
                "hibernate.connection.autocommit",
                "false",
                "hibernate.connection.isolation",
                "TRANSACTION_SERIALIZABLE",
                HikariConfigurationUtil.CONFIG_PREFIX + "jdbcUrl",
                "jdbc:h2:mem:special",
                HikariConfigurationUtil.CONFIG_PREFIX_DATASOURCE + "TRACE_LEVEL_FILE",
                "0",
                "hibernate.show_sql",
                true));

    assertThat(config.getJdbcUrl()).isEqualTo("jdbc:h2:mem:special");
    assertThat(config.isAutoCommit()).isFalse();
    assertThat(config.getTransactionIsolation()).isEqualTo("TRANSACTION_SERIALIZABLE");
    assertThat(config.getDataSourceProperties()).containsEntry("TRACE_LEVEL_FILE", "0");
  }

  @Test
  void settingThatIsWrongIsHibernatesException() {
    Configuration application =
        application(HikariConnectionProvider.class.getName())
            .setProperty("hibernate.hikari.maximumPoolSzie", "3");

    assertThatThrownBy(() -> application.buildSessionFactory().close())
        .isInstanceOf(HibernateException.class)
        .rootCause()
        .hasMessageContaining("maximumPoolSzie");
  }
}
