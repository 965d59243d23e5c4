package dev.sluice.compat;

import static org.junit.jupiter.api.Assertions.assertAll;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the tests of all frameworks share: each runs on every {@link Engine}, in a database of its
 * own, and must have given back every connection by its end.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
abstract class FrameworkTest {
  @Parameter Engine engine;

  TestDatabase database;
  private final Deque<Runnable> atTheEnd = new ArrayDeque<>();

  @BeforeEach
  final void createDatabase() {
    database = engine.create();
    atTheEnd.push(database::close);
  }

  /** A pool of two connections to this test's database, both open. */
  final SluiceDataSource pool() {
    return pool(builder -> builder.minSize(2).maxSize(2));
  }

  /**
   * A pool whose callers soon give up when all its connections are lent; as long as one is not,
   * there is nothing to wait for, not even a check.
   */
  final SluiceDataSource impatientPool(int size) {
    return pool(
        b ->
            b.minSize(size)
                .maxSize(size)
                .acquireTimeout(Timing.SMALL)
                .validateAfterIdle(Duration.ofHours(1)));
  }

  final SluiceDataSource pool(UnaryOperator<SluiceBuilder> change) {
    return pool(new Ledger(), change);
  }

  final SluiceDataSource pool(Ledger ledger, UnaryOperator<SluiceBuilder> change) {
    SluiceBuilder builder =
        Sluice.dataSource(database.url()).user(database.user()).password(database.password());
    SluiceDataSource pool = change.apply(builder.name("compat").listener(ledger)).build();
    atTheEnd.push(() -> ledger.close(pool));
    awaitReady(pool);
    return pool;
  }

  /** So that short timeouts are not spent on opening. */
  private static void awaitReady(SluiceDataSource pool) {
    try {
      pool.awaitReady(Timing.LONG);
    } catch (SQLException e) {
      throw new AssertionError("The pool does not open", e);
    }
  }

  @AfterEach
  final void nothingIsKept() {
    assertAll(atTheEnd.stream().map(end -> end::run));
  }
}
