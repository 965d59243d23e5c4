package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sluice.testkit.Timing;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * The reactive pool keeps the contract. Each trial runs twice: with subscribers that block, and
 * with subscribers that do not. The trials are written for JDBC. {@link BlockingFace} translates
 * what R2DBC has too, and says of the rest that it is not offered.
 */
@ParameterizedClass
@EnumSource(
    value = Door.class,
    names = {"PLATFORM", "ASYNC"})
@Timeout(300) // of a whole factory; each behaviour has its own limit
class ReactiveContractTest {
  private static final Duration LIMIT = Timing.scaled(Duration.ofSeconds(60));

  /** What a reactive pool cannot do, beside what its interface lacks. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "knownBug18ServerThatBecameReadOnlyIsLeft",
          "R2DBC gives results to the subscriber without the pool between, so the pool reads no"
              + " error of a statement; the driver's local check tells what it knows");

  @Parameter Door door;

  /** So that what the server and the driver keep for ever is there before leaks are looked for. */
  @BeforeAll
  static void startDatabase() throws SQLException {
    try (Backend backend = Backend.postgres();
        Connection connection = backend.connect()) {
      Stage.execute(connection, "SELECT 1");
      PoolUnderTest pool =
          new ReactiveSubject(ReactiveContractTest::postgres).open(Settings.of(backend));
      pool.acquire().close();
      pool.close();
    }
  }

  private static ConnectionFactory overJdbc(Settings settings) {
    return new JdbcDriver(settings.url(), settings.user(), settings.password());
  }

  private static ConnectionFactory postgres(Settings settings) {
    URI url = URI.create(settings.url().substring("jdbc:".length()));
    return ConnectionFactories.get(
        ConnectionFactoryOptions.builder()
            .option(ConnectionFactoryOptions.DRIVER, "postgresql")
            .option(ConnectionFactoryOptions.HOST, url.getHost())
            .option(ConnectionFactoryOptions.PORT, url.getPort())
            .option(ConnectionFactoryOptions.DATABASE, url.getPath().substring(1))
            .option(ConnectionFactoryOptions.USER, settings.user())
            .option(ConnectionFactoryOptions.PASSWORD, settings.password())
            .build());
  }

  @TestFactory
  Stream<DynamicNode> onTheFakeDatabase() {
    Judge judge = judge(ReactiveContractTest::overJdbc);
    return behaviours().map(b -> dynamicTest(b.name(), () -> assertKept(b, () -> judge.judge(b))));
  }

  @TestFactory
  Stream<DynamicNode> onPostgresByItsReactiveDriver() {
    Judge judge = judge(ReactiveContractTest::postgres);
    Backend backend = Backend.postgres();
    return behaviours()
        .filter(Behaviour::onRealDatabases)
        .map(
            b ->
                (DynamicNode)
                    dynamicTest(b.name(), () -> assertKept(b, () -> judge.judge(b, backend))))
        .onClose(backend::close);
  }

  @Test
  void whatIsLeftOutIsInTheContract() {
    assertThat(Behaviour.all().stream().map(Behaviour::name)).containsAll(LEFT_OUT.keySet());
  }

  private Judge judge(Function<Settings, ConnectionFactory> driver) {
    return new Judge(new ReactiveSubject(driver), door, Timing.LONG, LIMIT, true);
  }

  private static Stream<Behaviour> behaviours() {
    String only = System.getProperty("contract.only", "");
    return Behaviour.all().stream().filter(b -> b.name().contains(only));
  }

  private interface Trial {
    Verdict run();
  }

  private static void assertKept(Behaviour behaviour, Trial trial) {
    if (LEFT_OUT.containsKey(behaviour.name())) {
      throw new TestAbortedException(LEFT_OUT.get(behaviour.name()));
    }
    Verdict verdict = trial.run();
    switch (verdict.kind()) {
      case KEPT -> assertThat(verdict.reason()).isEmpty();
      case NOT_OFFERED -> throw new TestAbortedException(verdict.reason());
      case BROKEN, HUNG ->
          throw new AssertionError(
              behaviour.sentence() + "? " + verdict.reason(), verdict.failure());
    }
  }
}
