package dev.sluice.jdbc;

import dev.sluice.jdbc.config.BadValue;
import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that is configured by setters and builds its pool at its first use. From then on a
 * setter changes the running pool, or is refused.
 */
abstract class BeanDataSource extends JdbcDataSource {
  /** Guarded by itself. Nothing that waits happens under its lock. */
  private final SluiceBuilder builder = new SluiceBuilder();

  /** The pool, or the attempt to build it; null before the first use and after a failed attempt. */
  private final AtomicReference<@Nullable CompletableFuture<SluiceDataSource>> attempt =
      new AtomicReference<>();

  /** The same pool, where the fast path finds it. */
  private volatile @Nullable SluiceDataSource running;

  private volatile boolean closed;

  // Options

  /** Sets an option; ignores null. */
  final void set(Option option, @Nullable Object value) {
    if (value != null) {
      change(option, option.key(), settings -> OptionValues.set(settings, option, value));
    }
  }

  /** Sets an option from text; ignores null. */
  final void read(Option option, @Nullable String text) {
    if (text != null) {
      set(option, parsed(option, text));
    }
  }

  private static Object parsed(Option option, String text) {
    try {
      return option.type().read(text);
    } catch (BadValue e) {
      throw new IllegalArgumentException(option.key() + " " + e.reason());
    }
  }

  /**
   * Changes the configuration, here or in the running pool.
   *
   * @param option the option that changes; null if there is none, and a running pool may change
   * @param what its name in the message
   */
  final void change(@Nullable Option option, String what, UnaryOperator<SluiceBuilder> change) {
    SluiceDataSource pool = running;
    if (pool != null && !closed && (option == null || Reconfiguration.isChangeable(option))) {
      pool.reconfigure(change);
      return;
    }
    synchronized (builder) {
      if (attempt.get() == null && !closed) {
        var unused = change.apply(builder);
        return;
      }
    }
    throw new IllegalStateException(
        what
            + " cannot change any more, because the pool '"
            + poolName()
            + (closed ? "' was closed" : "' has been started; set it before the first connection"));
  }

  /** The configuration of the running pool, or as set so far. */
  final SluiceConfig current() {
    SluiceDataSource pool = running;
    if (pool != null) {
      return pool.config();
    }
    synchronized (builder) {
      return builder.freeze();
    }
  }

  final String poolName() {
    return current().pool().name();
  }

  /** An option's value; null if it is unset. */
  final <T> @Nullable T value(Option option, Class<T> type) {
    Object value = OptionValues.get(current(), option);
    return value == null ? null : type.cast(value);
  }

  /** The value of an option that always has one. */
  static <T> T given(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  /** An option's value as text; null if it is unset. */
  final @Nullable String text(Option option) {
    Object value = OptionValues.get(current(), option);
    if (value instanceof Secret secret) {
      return secret.reveal();
    }
    if (value instanceof List<?> statements) {
      return statements.isEmpty() ? null : String.join("; ", texts(statements));
    }
    return value == null || value instanceof String ? (String) value : OptionValues.show(value);
  }

  private static List<String> texts(List<?> values) {
    return values.stream().map(String::valueOf).toList();
  }

  /** The values of an option that can be given several times. */
  final <T> List<T> list(Option option, Class<T> type) {
    Object values = OptionValues.get(current(), option);
    return values instanceof List<?> list ? list.stream().map(type::cast).toList() : List.of();
  }

  // The pool

  /** Returns the pool and builds it if this is the first use. Waits if another thread builds it. */
  final SluiceDataSource pool() {
    SluiceDataSource known = running;
    return known == null ? start() : known;
  }

  /** Like {@link #pool()}, for callers that expect JDBC's exceptions. */
  final SluiceDataSource poolForJdbc() throws SQLException {
    try {
      return pool();
    } catch (PoolStartException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
    } catch (SluiceConfigException e) {
      throw new SQLNonTransientConnectionException(e.getMessage(), SqlStates.NO_CONNECTION, e);
    } catch (ClosedBeforeUse e) {
      throw new PoolClosedException(String.valueOf(e.getMessage()), null);
    } catch (InterruptedStart e) {
      throw AcquireFailures.of(e.interruption, poolName());
    }
  }

  final @Nullable SluiceDataSource running() {
    return running;
  }

  private SluiceDataSource start() {
    CompletableFuture<SluiceDataSource> own = new CompletableFuture<>();
    CompletableFuture<SluiceDataSource> other;
    SluiceConfig config = null;
    synchronized (builder) {
      if (closed && running == null) {
        throw new ClosedBeforeUse("Pool '" + builder.nameOfPool() + "' is closed");
      }
      other = attempt.get();
      if (other == null) {
        config = builder.toConfig();
        attempt.set(own);
      }
    }
    return other == null ? build(Objects.requireNonNull(config), own) : await(other);
  }

  private SluiceDataSource build(SluiceConfig config, CompletableFuture<SluiceDataSource> own) {
    try {
      ConfigWarnings.log(config);
      SluiceDataSource pool = SluiceDataSource.create(config);
      running = pool;
      own.complete(pool);
      if (closed) { // by another thread meanwhile
        pool.close();
      }
      return pool;
    } catch (RuntimeException | Error e) {
      attempt.set(null); // so that the next caller tries again
      own.completeExceptionally(e);
      throw e;
    }
  }

  private static SluiceDataSource await(CompletableFuture<SluiceDataSource> other) {
    try {
      return other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedStart(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("Another thread could not start the pool", e.getCause());
    }
  }

  /** Closes the pool, or makes sure that none is built. */
  final void end() {
    closed = true;
    SluiceDataSource pool = running;
    if (pool != null) {
      pool.close();
    }
  }

  final boolean ended() {
    return closed;
  }

  @Override
  final Duration openTimeout() {
    return current().pool().openTimeout();
  }

  @Override
  final @Nullable DataSource wrapped() {
    SluiceDataSource pool = running;
    return pool == null ? current().dataSource() : pool;
  }

  /** It was closed before it was used. */
  private static final class ClosedBeforeUse extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ClosedBeforeUse(String message) {
      super(message);
    }
  }

  /** The caller was interrupted while another one started the pool. */
  private static final class InterruptedStart extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final InterruptedException interruption;

    InterruptedStart(InterruptedException interruption) {
      super("Interrupted while another thread starts the pool", interruption);
      this.interruption = interruption;
    }
  }
}
