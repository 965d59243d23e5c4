package dev.sluice.contract;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * An R2DBC driver over a JDBC one, so that the fake database can be behind a reactive pool. Each
 * connection has a thread of its own, as it would have an event loop: no caller blocks, and a call
 * that hangs in the fake hangs there alone.
 */
record JdbcDriver(String url, String user, String password) implements ConnectionFactory {
  private static final AtomicInteger NAMES = new AtomicInteger();

  /** What asks the JDBC driver. */
  private interface Call<T> {
    T run() throws SQLException;
  }

  @Override
  public Publisher<? extends Connection> create() {
    return Mono.<Connection>create(this::connect).doOnDiscard(Session.class, Session::end);
  }

  private void connect(MonoSink<Connection> sink) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, "jdbc-driver-" + NAMES.incrementAndGet());
              made.setDaemon(true);
              return made;
            });
    thread.execute(
        () -> {
          try {
            sink.success(new Session(DriverManager.getConnection(url, user, password), thread));
          } catch (SQLException e) {
            thread.shutdown();
            sink.error(translated(e));
          }
        });
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return () -> "JDBC";
  }

  private static R2dbcException translated(SQLException e) {
    String state = e.getSQLState();
    if (state != null && state.startsWith("28")) {
      return new R2dbcPermissionDeniedException(e.getMessage(), state, e.getErrorCode(), e);
    }
    return meansTheEnd(e)
        ? new R2dbcNonTransientResourceException(e.getMessage(), state, e.getErrorCode(), e)
        : new R2dbcBadGrammarException(e.getMessage(), state, e.getErrorCode(), e);
  }

  private static boolean meansTheEnd(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P0") || state.startsWith("53");
  }

  /** A connection. Like other drivers it knows its settings without asking the server. */
  private static final class Session implements Connection {
    private final java.sql.Connection jdbc;
    private final ExecutorService thread;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean dead;
    private volatile boolean autoCommit;
    private volatile IsolationLevel isolation;

    Session(java.sql.Connection jdbc, ExecutorService thread) throws SQLException {
      this.jdbc = jdbc;
      this.thread = thread;
      this.autoCommit = jdbc.getAutoCommit();
      this.isolation = Isolations.reactive(jdbc.getTransactionIsolation());
    }

    private <T> Mono<T> call(Call<T> call) {
      return Mono.create(
          sink -> {
            if (closed.get()) {
              sink.error(new R2dbcNonTransientResourceException("connection is closed", "08003"));
              return;
            }
            thread.execute(() -> run(call, sink));
          });
    }

    private <T> void run(Call<T> call, MonoSink<T> sink) {
      running.incrementAndGet();
      try {
        sink.success(call.run());
      } catch (SQLException e) {
        dead |= meansTheEnd(e);
        sink.error(translated(e));
      } finally {
        running.decrementAndGet();
      }
    }

    /** Ends the connection; by force if a call hangs. */
    void end() {
      close().subscribe();
    }

    @Override
    public Mono<Void> close() {
      return Mono.create(
          sink -> {
            if (!closed.compareAndSet(false, true)) {
              sink.success();
              return;
            }
            if (running.get() > 0) {
              abort();
            }
            thread.execute(
                () ->
                    run(
                        () -> {
                          jdbc.close();
                          return null;
                        },
                        sink));
            thread.shutdown();
          });
    }

    private void abort() {
      try {
        jdbc.abort(Runnable::run);
      } catch (SQLException e) {
        throw translated(e);
      }
    }

    private Mono<Void> change(Call<Void> call) {
      return call(call);
    }

    @Override
    public Mono<Void> beginTransaction() {
      return setAutoCommit(false);
    }

    @Override
    public Mono<Void> beginTransaction(TransactionDefinition definition) {
      return beginTransaction();
    }

    @Override
    public Mono<Void> commitTransaction() {
      return change(
          () -> {
            jdbc.commit();
            return null;
          });
    }

    @Override
    public Mono<Void> rollbackTransaction() {
      return change(
          () -> {
            if (!jdbc.getAutoCommit()) { // without a transaction R2DBC's drivers do nothing
              jdbc.rollback();
            }
            return null;
          });
    }

    @Override
    public Mono<Void> setAutoCommit(boolean on) {
      return change(
          () -> {
            jdbc.setAutoCommit(on);
            autoCommit = on;
            return null;
          });
    }

    @Override
    public boolean isAutoCommit() {
      return autoCommit;
    }

    @Override
    public Mono<Void> setTransactionIsolationLevel(IsolationLevel level) {
      return change(
          () -> {
            jdbc.setTransactionIsolation(Isolations.jdbc(level));
            isolation = level;
            return null;
          });
    }

    @Override
    public IsolationLevel getTransactionIsolationLevel() {
      return isolation;
    }

    @Override
    public Mono<Boolean> validate(ValidationDepth depth) {
      if (depth == ValidationDepth.LOCAL || closed.get() || dead) {
        return Mono.just(!closed.get() && !dead);
      }
      return call(() -> jdbc.isValid(0));
    }

    @Override
    public Statement createStatement(String sql) {
      return new Text(this, sql);
    }

    private Result execute(String sql) throws SQLException {
      try (java.sql.Statement statement = jdbc.createStatement()) {
        List<Object> values = new ArrayList<>();
        if (!statement.execute(sql)) {
          return new Rows(values, Math.max(0, statement.getUpdateCount()));
        }
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            values.add(rows.getObject(1));
          }
        }
        return new Rows(values, 0);
      }
    }

    @Override
    public ConnectionMetadata getMetadata() {
      return new ConnectionMetadata() {
        @Override
        public String getDatabaseProductName() {
          return "JDBC";
        }

        @Override
        public String getDatabaseVersion() {
          return "1";
        }
      };
    }

    @Override
    public Batch createBatch() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> createSavepoint(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> releaseSavepoint(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> rollbackTransactionToSavepoint(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> setLockWaitTimeout(Duration timeout) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Publisher<Void> setStatementTimeout(Duration timeout) {
      throw new UnsupportedOperationException();
    }
  }

  /** A statement without parameters. */
  private record Text(Session session, String sql) implements Statement {
    @Override
    public Publisher<? extends Result> execute() {
      return session.call(() -> session.execute(sql));
    }

    @Override
    public Statement add() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Statement bind(int index, Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Statement bind(String name, Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Statement bindNull(int index, Class<?> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Statement bindNull(String name, Class<?> type) {
      throw new UnsupportedOperationException();
    }
  }

  /** The levels of both interfaces. */
  static final class Isolations {
    private static final Map<IsolationLevel, Integer> LEVELS =
        Map.of(
            IsolationLevel.READ_UNCOMMITTED,
            java.sql.Connection.TRANSACTION_READ_UNCOMMITTED,
            IsolationLevel.READ_COMMITTED,
            java.sql.Connection.TRANSACTION_READ_COMMITTED,
            IsolationLevel.REPEATABLE_READ,
            java.sql.Connection.TRANSACTION_REPEATABLE_READ,
            IsolationLevel.SERIALIZABLE,
            java.sql.Connection.TRANSACTION_SERIALIZABLE);

    private Isolations() {}

    static int jdbc(IsolationLevel level) {
      return LEVELS.getOrDefault(level, java.sql.Connection.TRANSACTION_NONE);
    }

    static IsolationLevel reactive(int jdbc) {
      return LEVELS.entrySet().stream()
          .filter(each -> each.getValue() == jdbc)
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(IsolationLevel.READ_COMMITTED);
    }
  }
}
