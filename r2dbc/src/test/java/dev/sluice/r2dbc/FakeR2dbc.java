package dev.sluice.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import io.r2dbc.spi.test.MockBatch;
import io.r2dbc.spi.test.MockStatement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** A driver in memory that answers at once, unless the test says otherwise. */
final class FakeR2dbc implements ConnectionFactory {
  final List<Fake> opened = new CopyOnWriteArrayList<>();
  final AtomicInteger opening = new AtomicInteger();
  final AtomicInteger mostOpen = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  /** Runs while a connection is being opened. */
  volatile Runnable onOpen = () -> {};

  /** What opening does instead; null to open. */
  volatile @Nullable Supplier<Publisher<Connection>> openInstead;

  /** Runs while a connection is being validated remotely; may throw. */
  volatile Runnable onValidate = () -> {};

  /** The loop of all connections; null for none. */
  volatile @Nullable Executor loop;

  int openNow() {
    return open.get();
  }

  @Override
  public Publisher<? extends Connection> create() {
    return Mono.defer(
        () -> {
          opening.incrementAndGet();
          onOpen.run();
          Supplier<Publisher<Connection>> other = openInstead;
          if (other != null) {
            return Mono.from(other.get());
          }
          return loop == null ? Mono.fromSupplier(this::connection) : Mono.create(this::onLoop);
        });
  }

  /** A thread of the loop's own delivers the connection. */
  private void onLoop(MonoSink<Connection> sink) {
    Thread thread = new Thread(() -> sink.success(connection()));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      sink.error(e);
    }
  }

  Fake connection() {
    Fake fake = new Fake(opened.size());
    opened.add(fake);
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    return fake;
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return () -> "Fake";
  }

  /** A connection of this driver. */
  final class Fake implements Connection, Wrapped<Connection> {
    final int number;
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean closed;
    volatile boolean autoCommit = true;
    volatile IsolationLevel isolation = IsolationLevel.READ_COMMITTED;

    /** What validation answers. */
    volatile boolean alive = true;

    Fake(int number) {
      this.number = number;
    }

    private Mono<Void> call(String name) {
      return Mono.fromRunnable(() -> calls.add(name));
    }

    @Override
    public Publisher<Void> beginTransaction() {
      return call("begin");
    }

    @Override
    public Publisher<Void> beginTransaction(TransactionDefinition definition) {
      return call("begin");
    }

    @Override
    public Publisher<Void> close() {
      return Mono.fromRunnable(
          () -> {
            calls.add("close");
            if (!closed) {
              closed = true;
              open.decrementAndGet();
            }
          });
    }

    @Override
    public Publisher<Void> commitTransaction() {
      return call("commit");
    }

    @Override
    public Batch createBatch() {
      return MockBatch.empty();
    }

    @Override
    public Publisher<Void> createSavepoint(String name) {
      return call("savepoint");
    }

    @Override
    public Statement createStatement(String sql) {
      return MockStatement.empty();
    }

    @Override
    public boolean isAutoCommit() {
      return autoCommit;
    }

    @Override
    public ConnectionMetadata getMetadata() {
      return new ConnectionMetadata() {
        @Override
        public String getDatabaseProductName() {
          return "Fake";
        }

        @Override
        public String getDatabaseVersion() {
          return "1";
        }
      };
    }

    @Override
    public IsolationLevel getTransactionIsolationLevel() {
      return isolation;
    }

    @Override
    public Publisher<Void> releaseSavepoint(String name) {
      return call("release");
    }

    @Override
    public Publisher<Void> rollbackTransaction() {
      return call("rollback");
    }

    @Override
    public Publisher<Void> rollbackTransactionToSavepoint(String name) {
      return call("rollbackTo");
    }

    @Override
    public Publisher<Void> setAutoCommit(boolean to) {
      return Mono.fromRunnable(
          () -> {
            calls.add("autoCommit " + to);
            autoCommit = to;
          });
    }

    @Override
    public Publisher<Void> setLockWaitTimeout(Duration timeout) {
      return call("lockTimeout " + timeout);
    }

    @Override
    public Publisher<Void> setStatementTimeout(Duration timeout) {
      return call("statementTimeout " + timeout);
    }

    @Override
    public Publisher<Void> setTransactionIsolationLevel(IsolationLevel level) {
      return Mono.fromRunnable(
          () -> {
            calls.add("isolation " + level.asSql());
            isolation = level;
          });
    }

    @Override
    public Publisher<Boolean> validate(ValidationDepth depth) {
      return Mono.fromSupplier(
          () -> {
            if (depth == ValidationDepth.REMOTE) {
              calls.add("validate");
              onValidate.run();
            }
            return alive && !closed;
          });
    }

    @Override
    public Connection unwrap() {
      return this;
    }

    @Override
    public <E> @Nullable E unwrap(Class<E> target) {
      return target == Executor.class ? target.cast(loop) : null;
    }

    @Override
    public String toString() {
      return "fake " + number;
    }
  }
}
