package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.jdbc.connections.internal.DataSourceConnectionProvider;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hibernate ORM. */
class HibernateTest extends FrameworkTest {

  /** The ways in which Hibernate takes a data source, as settings. */
  enum Wiring {
    DATA_SOURCE {
      @Override
      Map<String, Object> settings(SluiceDataSource pool) {
        return Map.of("hibernate.connection.datasource", pool);
      }
    },
    PROVIDER {
      @Override
      Map<String, Object> settings(SluiceDataSource pool) {
        DataSourceConnectionProvider provider = new DataSourceConnectionProvider();
        provider.setDataSource(pool);
        provider.configure(Map.of());
        return Map.of("hibernate.connection.provider_class", provider);
      }
    };

    abstract Map<String, Object> settings(SluiceDataSource pool);
  }

  private static SessionFactory open(Map<String, Object> wiring, Map<String, Object> settings) {
    StandardServiceRegistry registry =
        new StandardServiceRegistryBuilder()
            .applySettings(wiring)
            .applySetting("hibernate.hbm2ddl.auto", "create-drop")
            .applySettings(settings)
            .build();
    return new MetadataSources(registry)
        .addAnnotatedClass(Book.class)
        .buildMetadata()
        .buildSessionFactory();
  }

  private static SessionFactory open(SluiceDataSource pool) {
    return open(Wiring.DATA_SOURCE.settings(pool), Map.of());
  }

  private static List<String> titles(SessionFactory sessions) {
    return sessions.fromSession(
        s -> s.createQuery("select title from Book order by id", String.class).getResultList());
  }

  @ParameterizedTest
  @EnumSource
  void schemaIsMadeAndWorkIsKeptOrRolledBack(Wiring wiring) {
    SluiceDataSource pool = pool();
    try (SessionFactory sessions = open(wiring.settings(pool), Map.of())) {

      sessions.inTransaction(s -> s.persist(new Book(1, "kept")));
      assertThatThrownBy(
              () ->
                  sessions.inTransaction(
                      s -> {
                        s.persist(new Book(2, "lost"));
                        s.flush();
                        throw new IllegalStateException("no");
                      }))
          .isInstanceOf(IllegalStateException.class);

      assertThat(titles(sessions)).containsExactly("kept");
      assertThat(pool.stats().active()).isZero();
    }
  }

  @Test
  void documentedSetUpWorks() {
    SluiceDataSource dataSource = pool();
    // tag::hibernate[]
    Configuration hibernate = new Configuration().addAnnotatedClass(Book.class);
    hibernate.setProperty("hibernate.hbm2ddl.auto", "create-drop");
    hibernate.getProperties().put("hibernate.connection.datasource", dataSource);
    try (SessionFactory sessions = hibernate.buildSessionFactory()) {
      sessions.inTransaction(session -> session.persist(new Book(1, "Effective Java")));
    }
    // end::hibernate[]
    assertThat(dataSource.stats().acquired()).isPositive();
  }

  @Test
  void secondSessionSeesWhatTheFirstCommitted() {
    SluiceDataSource pool = pool();
    try (SessionFactory sessions = open(pool);
        Session first = sessions.openSession();
        Session second = sessions.openSession()) {
      Transaction work = first.beginTransaction();
      first.persist(new Book(1, "new"));
      first.flush();

      Book before = second.find(Book.class, 1);
      work.commit();
      Book after = second.find(Book.class, 1);

      assertThat(before).isNull();
      assertThat(after.title).isEqualTo("new");
      assertThat(pool.stats().size()).isEqualTo(2);
    }
  }

  @Test
  void pessimisticLockShutsTheOtherSessionOutUntilItEnds() {
    try (SessionFactory sessions = open(pool())) {
      sessions.inTransaction(s -> s.persist(new Book(1, "one")));

      sessions.inTransaction(
          holder -> {
            assertThat(holder.find(Book.class, 1, LockMode.PESSIMISTIC_WRITE)).isNotNull();
            assertThatThrownBy(() -> sessions.inTransaction(other -> lockOrFail(other)))
                .isInstanceOf(PersistenceException.class);
          });

      sessions.inTransaction(s -> assertThat(lockOrFail(s)).isNotNull());
    }
  }

  private static Book lockOrFail(Session session) {
    return session.find(
        Book.class,
        1,
        LockModeType.PESSIMISTIC_WRITE,
        Map.of("jakarta.persistence.lock.timeout", 0));
  }

  @Test
  void optimisticLockFindsTheStaleVersion() {
    try (SessionFactory sessions = open(pool())) {
      sessions.inTransaction(s -> s.persist(new Book(1, "one")));
      Book stale = sessions.fromTransaction(s -> s.find(Book.class, 1));
      sessions.inTransaction(s -> s.find(Book.class, 1).title = "two");
      stale.title = "three";

      assertThatThrownBy(() -> sessions.inTransaction(s -> s.merge(stale)))
          .isInstanceOf(OptimisticLockException.class);

      assertThat(titles(sessions)).containsExactly("two");
    }
  }

  /** The two modes that are left out release before the commit, which only JTA can bear. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "IMMEDIATE_ACQUISITION_AND_HOLD",
        "DELAYED_ACQUISITION_AND_HOLD",
        "DELAYED_ACQUISITION_AND_RELEASE_AFTER_TRANSACTION"
      })
  void connectionIsKeptForAsLongAsTheModeSays(PhysicalConnectionHandlingMode mode) {
    SluiceDataSource pool = pool();
    boolean immediate = mode == PhysicalConnectionHandlingMode.IMMEDIATE_ACQUISITION_AND_HOLD;
    boolean holds =
        immediate || mode == PhysicalConnectionHandlingMode.DELAYED_ACQUISITION_AND_HOLD;
    try (SessionFactory sessions =
        open(
            Wiring.DATA_SOURCE.settings(pool),
            Map.of("hibernate.connection.handling_mode", mode.name()))) {

      try (Session session = sessions.openSession()) {
        assertThat(pool.stats().active()).isEqualTo(immediate ? 1 : 0);
        Transaction work = session.beginTransaction();
        session.persist(new Book(1, "one"));
        work.commit();
        assertThat(pool.stats().active()).isEqualTo(holds ? 1 : 0);
      }

      assertThat(pool.stats().active()).isZero();
      assertThat(titles(sessions)).containsExactly("one");
    }
  }

  @Test
  void transactionsBeginWithoutACallWhereThePoolSwitchesAutoCommitOff() {
    Ledger ledger = new Ledger();
    SluiceDataSource pool = pool(ledger, b -> b.maxSize(2).autoCommit(false));
    try (SessionFactory sessions =
        open(
            Wiring.DATA_SOURCE.settings(pool),
            Map.of("hibernate.connection.provider_disables_autocommit", true))) {

      sessions.inTransaction(s -> s.persist(new Book(1, "one")));

      assertThat(titles(sessions)).containsExactly("one");
    }
  }

  @Test
  void resultStreamKeepsItsConnectionUntilTheSessionEnds() {
    SluiceDataSource pool = pool();
    try (SessionFactory sessions = open(pool)) {
      sessions.inTransaction(s -> s.persist(new Book(1, "one")));

      sessions.inTransaction(
          s -> {
            try (Stream<Book> books = s.createQuery("from Book", Book.class).getResultStream()) {
              assertThat(books).hasSize(1);
            }
            assertThat(pool.stats().active()).isEqualTo(1);
          });

      assertThat(pool.stats().active()).isZero();
    }
  }

  @Test
  void exhaustedPoolIsTold() {
    SluiceDataSource pool = impatientPool(1);
    try (SessionFactory sessions = open(pool)) {

      sessions.inTransaction(
          outer -> {
            assertThat(titlesOf(outer)).isEmpty();
            assertThatThrownBy(() -> titles(sessions))
                .isInstanceOf(PersistenceException.class)
                .hasCauseInstanceOf(PoolExhaustedException.class);
          });

      assertThat(titles(sessions)).isEmpty();
    }
  }

  private static List<String> titlesOf(Session session) {
    return session.createQuery("select title from Book", String.class).getResultList();
  }
}
