package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.NestedAcquire;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One connection down a chain of calls, on the fake driver. */
@SuppressWarnings("ReferenceEquality") // the very connection
class ScopeTest {
  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static FakePool two() {
    return new FakePool(b -> b.maxSize(2));
  }

  /** The two ways to know a thread's scope, as far as this JVM has them. */
  static Stream<Scopes> ways() {
    return Runtime.version().feature() >= Scopes.SCOPED_VALUES_SINCE
        ? Stream.of(new ThreadScopes(), new ValueScopes())
        : Stream.of(new ThreadScopes());
  }

  private static <T> T scoped(FakePool pool, Scopes way, ConnectionFunction<T, SQLException> work)
      throws SQLException {
    return ScopedWork.run(way, pool.ds.lending(), work);
  }

  @Test
  void jvmWithScopedValuesUsesThem() {
    boolean hasThem = Runtime.version().feature() >= 25;

    assertThat(Scopes.create()).isInstanceOf(hasThem ? ValueScopes.class : ThreadScopes.class);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nestedScopeSharesTheConnection(Scopes way) throws SQLException {
    try (FakePool pool = new FakePool()) { // of one connection, so that another would never come
      boolean same =
          scoped(
              pool, way, outer -> scoped(pool, way, inner -> scoped(pool, way, i -> i == outer)));

      assertThat(same).isTrue();
      assertThat(pool.ds.stats().active()).isZero();
      assertThat(pool.ds.stats().acquired()).isEqualTo(1);
      assertThat(way.current()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void scopeEndsWithItsWorkAlsoWhenThatFails(Scopes way) throws SQLException {
    SQLException failure = new SQLException("mine");
    try (FakePool pool = new FakePool()) {
      Throwable thrown =
          catchThrowable(
              () ->
                  scoped(
                      pool,
                      way,
                      outer ->
                          scoped(
                              pool,
                              way,
                              inner -> {
                                throw failure;
                              })));

      assertThat(thrown).isSameAs(failure);
      assertThat(way.current()).isNull();
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void otherThreadHasAScopeOfItsOwn(Scopes way) throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (FakePool pool = two()) {
      boolean same =
          scoped(
              pool,
              way,
              outer -> {
                CompletableFuture<Boolean> other =
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return scoped(pool, way, c -> c == outer);
                          } catch (SQLException e) {
                            throw new IllegalStateException(e);
                          }
                        },
                        threads);
                return other.orTimeout(Timing.LONG.toSeconds(), TimeUnit.SECONDS).join();
              });

      assertThat(same).isFalse();
      assertThat(pool.db.opened()).isEqualTo(2);
    } finally {
      threads.shutdownNow();
    }
  }

  /** As a thread that was forked in a scope sees its parent's scoped value. */
  @Test
  void threadThatSeesAnothersScopeDoesNotUseItsConnection() throws SQLException {
    Scopes inherited =
        new Scopes() {
          private Scope last;

          @Override
          Scope innermost() {
            return last;
          }

          @Override
          void run(Scope scope, Runnable work) {
            last = scope;
            work.run();
          }
        };
    try (FakePool pool = two()) {
      Scope seen =
          scoped(
              pool, inherited, outer -> CompletableFuture.supplyAsync(inherited::current).join());

      assertThat(seen).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void closedConnectionOfAScopeIsReplacedForTheNextCall(Scopes way) throws SQLException {
    try (FakePool pool = two()) {
      boolean usable =
          scoped(
              pool,
              way,
              outer -> {
                outer.close();
                scoped(pool, way, inner -> scoped(pool, way, i -> i == inner));
                return scoped(pool, way, later -> later.isValid(1));
              });

      assertThat(usable).isTrue();
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void threadsLeaveNothingBehind() throws SQLException {
    ThreadScopes way = new ThreadScopes();
    try (FakePool pool = new FakePool()) {
      int within = scoped(pool, way, outer -> scoped(pool, way, inner -> way.size()));

      assertThat(within).isEqualTo(1);
      assertThat(way.size()).isZero();
    }
  }

  @Test
  void twoDataSourcesHaveScopesOfTheirOwn() throws SQLException {
    try (FakePool one = new FakePool();
        FakePool other = new FakePool()) {
      boolean same =
          one.ds.<Boolean, SQLException>scoped(
              c -> other.ds.<Boolean, SQLException>scoped(d -> c == d));

      assertThat(same).isFalse();
    }
  }

  @Test
  void scopeNestsWhereNestingIsForbiddenAndOthersDoNot() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.maxSize(2).nestedAcquire(NestedAcquire.FAIL)).settle()) {
      Throwable refused =
          pool.ds.<Throwable, SQLException>scoped(
              c -> {
                pool.ds.scoped(d -> true);
                pool.ds.useTransaction(d -> execute(d, "INSERT one"));
                return catchThrowable(pool::get);
              });

      assertThat(refused)
          .isInstanceOf(NestedAcquireException.class)
          .hasMessageContaining("share it in a scope");
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("08001");
    }
  }

  // Transactions

  @Test
  void transactionUsesTheConnectionOfItsScopeAndLeavesItAsItWas() throws SQLException {
    TransactionOptions options =
        TransactionOptions.DEFAULT
            .withIsolation(Connection.TRANSACTION_SERIALIZABLE)
            .withReadOnly(true);
    try (FakePool pool = new FakePool()) {
      List<Object> seen = new ArrayList<>();
      pool.ds.scoped(
          c -> {
            int usual = c.getTransactionIsolation();
            pool.ds.useTransaction(
                options,
                d -> {
                  seen.add(c == d);
                  seen.add(d.getTransactionIsolation());
                  seen.add(d.isReadOnly());
                });
            seen.add(c.getAutoCommit());
            seen.add(c.getTransactionIsolation() == usual);
            seen.add(c.isReadOnly());
            return true;
          });

      assertThat(seen)
          .containsExactly(true, Connection.TRANSACTION_SERIALIZABLE, true, true, true, false);
    }
  }

  @Test
  void innerTransactionJoinsTheOuterOne() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.ds.scoped(
          c ->
              pool.ds.inTransaction(
                  d -> {
                    execute(d, "INSERT outer");
                    pool.ds.useTransaction(e -> execute(e, "INSERT inner"));
                    assertThat(pool.db.committed()).isEmpty();
                    return true;
                  }));

      assertThat(pool.db.committed()).containsExactly("INSERT outer", "INSERT inner");
    }
  }

  @Test
  void failedPartKeepsTheOuterTransactionFromCommitting() throws SQLException {
    IOException failure = new IOException("mine");
    try (FakePool pool = new FakePool()) {
      Throwable thrown =
          pool.ds.<Throwable, SQLException>scoped(
              c ->
                  catchThrowable(
                      () ->
                          pool.ds.useTransaction(
                              d -> {
                                execute(d, "INSERT outer");
                                var unused =
                                    catchThrowable(
                                        () ->
                                            pool.ds.useTransaction(
                                                e -> {
                                                  throw failure;
                                                }));
                              })));

      assertThat(thrown)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("was not committed")
          .hasCause(failure);
      assertThat(((SQLException) thrown).getSQLState()).isEqualTo("40000");
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.db.rolledBack()).containsExactly("INSERT outer");
    }
  }

  @Test
  void scopeWorksOnAfterAFailedTransaction() throws SQLException {
    try (FakePool pool = new FakePool()) {
      boolean autoCommit =
          pool.ds.<Boolean, SQLException>scoped(
              c -> {
                var unused =
                    catchThrowable(
                        () ->
                            pool.ds.useTransaction(
                                d -> {
                                  execute(d, "INSERT lost");
                                  throw new IllegalStateException("mine");
                                }));
                pool.ds.useTransaction(d -> execute(d, "INSERT kept"));
                return c.getAutoCommit();
              });

      assertThat(autoCommit).isTrue();
      assertThat(pool.db.committed()).containsExactly("INSERT kept");
      assertThat(pool.db.rolledBack()).containsExactly("INSERT lost");
    }
  }

  @Test
  void joiningTransactionCannotChangeTheOneThatItJoins() throws SQLException {
    TransactionOptions readOnly = TransactionOptions.DEFAULT.withReadOnly(true);
    try (FakePool pool = new FakePool()) {
      assertThatThrownBy(
              () ->
                  pool.ds.scoped(
                      c -> pool.ds.inTransaction(d -> pool.ds.inTransaction(readOnly, e -> true))))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25001"));
    }
  }

  @Test
  void outermostTransactionAloneIsRepeated() throws SQLException {
    RetryPolicy quick =
        RetryPolicy.DEFAULT
            .withMaxTime(Timing.LONG)
            .withBackoff(Duration.ofMillis(1), Duration.ofMillis(1));
    TransactionOptions repeatable = TransactionOptions.DEFAULT.repeatable(quick);
    AtomicInteger outer = new AtomicInteger();
    AtomicInteger inner = new AtomicInteger();
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").times(2).then(Fault.fail("40001"));

      pool.ds.scoped(
          c ->
              pool.ds.inTransaction(
                  repeatable,
                  d -> {
                    outer.incrementAndGet();
                    return pool.ds.inTransaction(repeatable, e -> inner.incrementAndGet());
                  }));

      assertThat(outer).hasValue(3);
      assertThat(inner).hasValue(3);
      assertThat(pool.ds.stats().acquired()).isEqualTo(2); // the one that settled it, and the scope
    }
  }
}
