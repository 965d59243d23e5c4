package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** What happens to borrowers and connections when an application stops. */
class LifecycleTest {
  @JdbcApplication
  static class Shop {
    @Bean
    List<String> events() {
      return Collections.synchronizedList(new ArrayList<>());
    }

    /** Stops when the web server would have stopped. */
    @Bean
    Step webServer(List<String> events) {
      return new Step(SmartLifecycle.DEFAULT_PHASE - 2048, () -> events.add("web server stopped"));
    }

    /** Stops after the pool was drained. */
    @Bean
    Step later(List<String> events, DataSource dataSource) {
      return new Step(
          PoolLifecycle.PHASE - 1,
          () -> events.add("in use " + Figures.of((SluicePool) dataSource).active()));
    }

    /** Needs a connection for its own end. */
    @Bean
    DisposableBean clerk(List<String> events, JdbcTemplate jdbc) {
      return () -> events.add("last query " + jdbc.queryForObject("SELECT 1", Integer.class));
    }
  }

  @JdbcApplication
  static class WithCheckpoints {
    /** What the auto-configuration makes where CRaC is on the class path. */
    @Bean
    PoolLifecycle lifecycle(SluicePools pools, ApplicationContext context) {
      return new PoolLifecycle(pools::all, context, true);
    }
  }

  static final class Step implements SmartLifecycle {
    private final int phase;
    private final Runnable atStop;
    final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean running;

    Step(int phase, Runnable atStop) {
      this.phase = phase;
      this.atStop = atStop;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      atStop.run();
      stopped.countDown();
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return phase;
    }
  }

  @Test
  void poolIsDrainedAfterTheWebServerAndBeforeTheOtherBeans() throws Exception {
    ConfigurableApplicationContext app = Apps.run(Shop.class, Apps.newDatabase());
    List<String> events = events(app);
    Step webServer = app.getBean("webServer", Step.class);
    Connection borrowed = app.getBean(DataSource.class).getConnection();
    ExecutorService borrower = Executors.newSingleThreadExecutor();
    try {
      Future<?> work =
          borrower.submit(
              () -> {
                webServer.stopped.await();
                TimeUnit.MILLISECONDS.sleep(100); // work that goes on after the web server's end
                events.add("returned");
                borrowed.close();
                return null;
              });

      app.close();

      work.get(60, TimeUnit.SECONDS);
      assertThat(events)
          .containsExactly("web server stopped", "returned", "in use 0", "last query 1");
    } finally {
      borrower.shutdownNow();
    }
  }

  /** As Spring does for a checkpoint. */
  @Test
  void contextThatStopsHasNoConnectionAndHasThemAgainWhenItStarts() throws Exception {
    String url = Apps.newUrl();
    try (ConfigurableApplicationContext app =
            Apps.run(
                WithCheckpoints.class,
                "spring.datasource.url=" + url,
                "spring.datasource.username=sa",
                "sluice.min-size=2");
        Connection own = DriverManager.getConnection(url, "sa", "")) {
      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
      SluicePool pool = (SluicePool) app.getBean(DataSource.class);
      jdbc.execute("SELECT 1");

      app.stop();

      assertThat(pool.stats().size()).isZero();
      assertThat(sessions(own)).isEqualTo(1);

      app.start();

      assertThat(jdbc.queryForObject("SELECT 1", Integer.class)).isEqualTo(1);
      assertThat(sessions(own)).isGreaterThan(1);
    }
  }

  /** As Spring 7 does with the contexts of tests that rest. */
  @Test
  void databaseInMemorySurvivesThePauseOfAContextWithoutCheckpoints() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, "spring.datasource.url=jdbc:h2:mem:paused")) {
      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
      jdbc.execute("CREATE TABLE book (id INT)");

      app.stop();
      app.start();

      assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM book", Integer.class)).isZero();
    }
  }

  @Test
  void poolThatWasNeverUsedIsNotStartedByStopping() {
    try (ConfigurableApplicationContext app = Apps.run(Shop.class, Apps.newDatabase())) {
      app.stop();
      app.start();

      assertThat(Figures.isStarted((SluicePool) app.getBean(DataSource.class))).isFalse();
    }
  }

  private static int sessions(Connection own) throws Exception {
    try (Statement statement = own.createStatement();
        ResultSet count =
            statement.executeQuery("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS")) {
      count.next();
      return count.getInt(1);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<String> events(ConfigurableApplicationContext app) {
    return (List<String>) app.getBean("events");
  }
}
