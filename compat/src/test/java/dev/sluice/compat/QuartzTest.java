package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quartz.JobBuilder.newJob;
import static org.quartz.TriggerBuilder.newTrigger;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Timing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** Quartz, with its jobs in the database. */
class QuartzTest extends FrameworkTest {
  private static volatile CountDownLatch ran;

  /** Tells that it ran. */
  public static final class Ring implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      ran.countDown();
    }
  }

  // tag::quartz[]
  /** Gives Quartz the connections of the application's pool, which the application closes. */
  record PoolProvider(DataSource dataSource) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws SQLException {
      return dataSource.getConnection();
    }

    @Override
    public void initialize() {}

    @Override
    public void shutdown() {}
  }

  static Scheduler scheduler(DataSource dataSource, Properties settings) throws Exception {
    DBConnectionManager.getInstance().addConnectionProvider("app", new PoolProvider(dataSource));
    settings.setProperty("org.quartz.jobStore.dataSource", "app");
    return new StdSchedulerFactory(settings).getScheduler();
  }

  // end::quartz[]

  private Properties settings() {
    Properties settings = new Properties();
    settings.setProperty("org.quartz.scheduler.instanceName", "compat-" + engine);
    settings.setProperty("org.quartz.threadPool.threadCount", "2");
    settings.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
    Class<?> dialect = engine == Engine.H2 ? StdJDBCDelegate.class : PostgreSQLDelegate.class;
    settings.setProperty("org.quartz.jobStore.driverDelegateClass", dialect.getName());
    return settings;
  }

  private void createTables(DataSource dataSource) throws SQLException, IOException {
    String script = engine == Engine.H2 ? "tables_h2.sql" : "tables_postgres.sql";
    try (InputStream sql = StdJDBCDelegate.class.getResourceAsStream(script);
        Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          new String(sql.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?i)COMMIT;", ""));
    }
  }

  private static int jobs(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM qrtz_job_details")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void jobsAreKeptInTheDatabaseAndRun() throws Exception {
    SluiceDataSource dataSource = pool();
    createTables(dataSource);
    ran = new CountDownLatch(1);
    Scheduler scheduler = scheduler(dataSource, settings());
    try {
      scheduler.scheduleJob(
          newJob(Ring.class).withIdentity("ring").storeDurably().build(),
          newTrigger().startNow().build());
      assertThat(jobs(dataSource)).isEqualTo(1);

      scheduler.start();

      assertThat(ran.await(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } finally {
      scheduler.shutdown(true);
    }
    assertThat(jobs(dataSource))
        .as("the job stays, and the pool is the application's")
        .isEqualTo(1);
  }
}
