package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Sluice keeps the contract, by each door, on each database. {@code -Dcontract.only=text} runs only
 * the behaviours whose name contains the text.
 */
@ParameterizedClass
@EnumSource(Door.class)
@Timeout(300) // of a whole factory; each behaviour has its own limit
class ContractTest {
  private static final Duration LIMIT = Timing.scaled(Duration.ofSeconds(60));

  @Parameter Door door;

  /** So that what servers and drivers keep for ever is there before leaks are looked for. */
  @BeforeAll
  static void startDatabases() throws SQLException {
    for (Supplier<Backend> database :
        List.<Supplier<Backend>>of(
            Backend::h2,
            Backend::postgres,
            Backend::mariaDb,
            Backend::mySql,
            Backend::sqlite,
            Backend::duckDb)) {
      try (Backend backend = database.get();
          Connection connection = backend.connect()) {
        Stage.execute(connection, "SELECT 1");
      }
    }
  }

  @TestFactory
  Stream<DynamicNode> onTheFakeDatabase() {
    Judge judge = judge();
    return behaviours().stream()
        .map(b -> dynamicTest(b.name(), () -> assertKept(b, judge.judge(b))));
  }

  @TestFactory
  Stream<DynamicNode> onH2() {
    return on(Backend.h2());
  }

  @TestFactory
  Stream<DynamicNode> onPostgres() {
    return on(Backend.postgres());
  }

  @TestFactory
  Stream<DynamicNode> onMariaDb() {
    return on(Backend.mariaDb());
  }

  @TestFactory
  Stream<DynamicNode> onMariaDbByTheDriverOfMySql() {
    return on(Backend.mySql());
  }

  @TestFactory
  Stream<DynamicNode> onSqlite() {
    return on(Backend.sqlite());
  }

  @TestFactory
  Stream<DynamicNode> onDuckDb() {
    return on(Backend.duckDb());
  }

  private Stream<DynamicNode> on(Backend backend) {
    Judge judge = judge();
    return behaviours().stream()
        .filter(Behaviour::onRealDatabases)
        .map(b -> (DynamicNode) dynamicTest(b.name(), () -> assertKept(b, judge.judge(b, backend))))
        .onClose(backend::close);
  }

  private Judge judge() {
    Assumptions.assumeTrue(door.isAvailable(), "this JVM has no such threads");
    return new Judge(new SluiceSubject(), door, Timing.LONG, LIMIT, true);
  }

  private static List<Behaviour> behaviours() {
    String only = System.getProperty("contract.only", "");
    return Behaviour.all().stream().filter(b -> b.name().contains(only)).toList();
  }

  private static void assertKept(Behaviour behaviour, Verdict verdict) {
    switch (verdict.kind()) {
      case KEPT -> assertThat(verdict.reason()).isEmpty();
      case NOT_OFFERED -> throw new TestAbortedException(verdict.reason());
      case BROKEN, HUNG ->
          throw new AssertionError(
              behaviour.sentence() + "? " + verdict.reason(), verdict.failure());
    }
  }
}
