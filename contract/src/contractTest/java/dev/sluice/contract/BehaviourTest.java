package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.contract.Verdict.Kind;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The judge and his sentences. */
class BehaviourTest {
  /** Opens a connection for everybody who asks, and forgets them. */
  private record NoPool(Settings settings) implements PoolUnderTest, DataSource {
    @Override
    public DataSource dataSource() {
      return this;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return DriverManager.getConnection(settings.url(), settings.user(), settings.password());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public void close() {}

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException("none");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }

  private static final Judge OF_NO_POOL =
      new Judge(NoPool::new, Door.PLATFORM, Duration.ofMillis(200), Duration.ofSeconds(3), false);

  private static Behaviour named(String name) {
    return Behaviour.all().stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void whatIsNoPoolIsFoundOut() {
    for (String name :
        List.of(
            "maximumIsNeverExceededNorAConnectionShared",
            "timeoutIsKeptWhileAllAreLent",
            "knownBug22CleanCycleMakesNoCallIntoTheDriver",
            "knownBug31WaitersAreToldOfTheClose",
            "closedPoolRefusesCallers")) {
      assertThat(OF_NO_POOL.judge(named(name)).kind()).as(name).isEqualTo(Kind.BROKEN);
    }
  }

  @Test
  void trialThatHangsIsCutOff() {
    Behaviour hanging =
        Behaviour.onFake(
            "hangs",
            stage -> {
              stage.db().when("Driver.connect").then(stage.stuck());
              stage.acquire(stage.open(stage.settings()));
            });

    assertThat(OF_NO_POOL.judge(hanging).kind()).isEqualTo(Kind.HUNG);
  }

  @Test
  void nameIsASentenceWithTheNumbersOfItsBugs() {
    Behaviour behaviour = Behaviour.onFake("knownBug02And25NoWakeUpIsLost", stage -> {});

    assertThat(behaviour.sentence()).isEqualTo("No wake up is lost");
    assertThat(behaviour.bugs()).containsExactly(2, 25);
    assertThat(Behaviour.onFake("plain", stage -> {}).bugs()).isEmpty();
  }

  @Test
  void namesAreUnique() {
    assertThat(new HashSet<>(Behaviour.all().stream().map(Behaviour::name).toList()))
        .hasSameSizeAs(Behaviour.all());
  }
}
