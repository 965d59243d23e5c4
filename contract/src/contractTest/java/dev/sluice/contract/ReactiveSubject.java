package dev.sluice.contract;

import dev.sluice.pool.PoolStats;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import dev.sluice.r2dbc.SluiceConnectionFactoryBuilder;
import io.r2dbc.spi.ConnectionFactory;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Sluice's reactive pool.
 *
 * @param driver makes the driver's connection factory
 */
record ReactiveSubject(Function<Settings, ConnectionFactory> driver) implements Subject {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @Override
  public PoolUnderTest open(Settings settings) {
    SluiceConnectionFactoryBuilder builder =
        SluiceConnectionFactory.builder(driver.apply(settings))
            .name("reactive-contract-" + NAMES.incrementAndGet());
    return new Running(SluiceSubject.configured(builder, settings).build());
  }

  /** A subscriber that hands its connection on. */
  private static final class Acquisition extends CompletableFuture<Connection>
      implements Subscriber<io.r2dbc.spi.Connection> {
    private volatile @Nullable Subscription subscription;

    @Override
    public void onSubscribe(Subscription begun) {
      subscription = begun;
      begun.request(1);
    }

    @Override
    public void onNext(io.r2dbc.spi.Connection reactive) {
      Connection connection = BlockingFace.of(reactive);
      if (!complete(connection)) {
        try {
          connection.close(); // nobody waits for it any more
        } catch (SQLException e) {
          throw new Broken("a connection cannot be returned", e);
        }
      }
    }

    @Override
    public void onError(Throwable failure) {
      completeExceptionally(BlockingFace.asSql(failure));
    }

    @Override
    public void onComplete() {}

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean cancelled = super.cancel(mayInterrupt);
      Objects.requireNonNull(subscription).cancel();
      return cancelled;
    }
  }

  /** A reactive pool of ours. */
  private record Running(SluiceConnectionFactory ours) implements PoolUnderTest {
    @Override
    public CompletableFuture<Connection> acquireAsync() {
      Acquisition acquisition = new Acquisition();
      ours.create().subscribe(acquisition);
      return acquisition;
    }

    @Override
    public Connection acquire() throws SQLException {
      CompletableFuture<Connection> future = acquireAsync();
      try {
        return future.get();
      } catch (InterruptedException e) {
        if (!future.cancel(false) && !future.isCompletedExceptionally()) {
          future.join().close();
        }
        Thread.currentThread().interrupt();
        throw new SQLException("interrupted", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
      }
    }

    @Override
    public DataSource dataSource() {
      return new Source(this);
    }

    @Override
    public OptionalInt waiting() {
      return OptionalInt.of(ours.stats().waiting());
    }

    @Override
    public Optional<String> contradiction() {
      PoolStats stats = ours.stats();
      int sum =
          stats.active() + stats.idle() + stats.opening() + stats.checking() + stats.closing();
      if (sum > stats.maxSize()) {
        return Optional.of("the sizes add up to " + sum + ": " + stats);
      }
      return stats.idle() > 0 && stats.waiting() > 0
          ? Optional.of("somebody waits beside an idle connection: " + stats)
          : Optional.empty();
    }

    @Override
    public void close() {
      ours.dispose();
    }
  }

  /** For trials that ask a data source. */
  private record Source(Running pool) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return pool.acquire();
    }

    @Override
    public Connection getConnection(String user, String password) {
      throw new NotOffered("one user only");
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      throw new NotOffered("no data source");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
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
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }

    @Override
    public String toString() {
      return pool.ours().toString();
    }
  }
}
