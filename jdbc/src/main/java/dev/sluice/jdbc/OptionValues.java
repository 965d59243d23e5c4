package dev.sluice.jdbc;

import dev.sluice.jdbc.config.DurationText;
import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.Overload;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolGroup;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sets, reads and shows options by their descriptions. */
final class OptionValues {
  private OptionValues() {}

  /** Sets an option of a builder to a value of its type. */
  static SluiceBuilder set(SluiceBuilder b, Option option, Object v) {
    return switch (option) {
      case URL -> b.url((String) v);
      case USER -> b.user((String) v);
      case PASSWORD -> b.password((Secret) v);
      case CREDENTIALS -> b.credentials((CredentialsSource) v);
      case RETIRE_ON_CREDENTIAL_CHANGE -> b.retireOnCredentialChange((boolean) v);
      case DATA_SOURCE -> b.dataSource((DataSource) v);
      case DRIVER_CLASS_NAME -> b.driverClassName((String) v);
      case REQUIRED_ROLE -> b.requiredRole((SluiceConfig.Role) v);
      case QUERY_TIMEOUT -> b.queryTimeout((Duration) v);
      case VALIDATION_QUERY -> b.validationQuery((String) v);
      case VALIDATOR -> b.validator((ConnectionValidator) v);
      case AUTO_COMMIT -> b.autoCommit((boolean) v);
      case READ_ONLY -> b.readOnly((boolean) v);
      case TRANSACTION_ISOLATION -> b.transactionIsolation((int) v);
      case CATALOG -> b.catalog((String) v);
      case SCHEMA -> b.schema((String) v);
      case INIT_SQL -> b.initSql(texts(v));
      case HOOKS -> b.hooks((ConnectionHooks) v);
      case HOOK_TIMEOUT -> b.hookTimeout((Duration) v);
      case ON_RETURN -> b.onReturn((SluiceConfig.OnReturn) v);
      case OPEN_TRANSACTION_ON_RETURN ->
          b.openTransactionOnReturn((SluiceConfig.OpenTransaction) v);
      case RESTORE_STATE -> b.restoreState((boolean) v);
      case RESET_POLICY -> b.resetPolicy((ResetPolicy) v);
      case ERROR_CLASSIFIER -> b.errorClassifier((ErrorClassifier) v);
      case STRICT_CLOSE -> b.strictClose((boolean) v);
      case REQUEST_BOUNDARIES -> b.requestBoundaries((boolean) v);
      case STATEMENT_CACHE_SIZE -> b.statementCacheSize((int) v);
      case TRANSACTION_POOLER -> b.transactionPooler((boolean) v);
      case LISTENER -> b.listener((PoolListener) v);
      case EXPECTED_INSTANCES -> b.expectedInstances((int) v);
      case START_RETRY -> b.startRetry((Duration) v);
      case SHUTDOWN_HOOK -> b.shutdownHook((boolean) v);
      default -> setInPool(b, option, v);
    };
  }

  private static SluiceBuilder setInPool(SluiceBuilder b, Option option, Object v) {
    return switch (option) {
      case MIN_SIZE -> (int) v < 0 ? b.fixedSize() : b.minSize((int) v);
      case MAX_SIZE -> b.maxSize((int) v);
      case MAX_OVERFLOW -> b.maxOverflow((int) v);
      case RESERVE_SIZE -> b.reserveSize((int) v);
      case RESERVE_AFTER -> b.reserveAfter((Duration) v);
      case MIN_SPARE -> b.minSpare((int) v);
      case MAX_IDLE -> b.maxIdle((int) v);
      case GROUP -> b.group((PoolGroup) v);
      case WARM_UP -> b.warmUp((int) v);
      case MAX_WAITERS -> b.maxWaiters((int) v);
      case MAX_CONCURRENT_OPENS -> b.maxConcurrentOpens((int) v);
      case ACQUIRE_TIMEOUT -> b.acquireTimeout((Duration) v);
      case OPEN_TIMEOUT -> b.openTimeout((Duration) v);
      case VALIDATION_TIMEOUT -> b.validationTimeout((Duration) v);
      case RESET_TIMEOUT -> b.resetTimeout((Duration) v);
      case CLOSE_TIMEOUT -> b.closeTimeout((Duration) v);
      case DRAIN_TIMEOUT -> b.drainTimeout((Duration) v);
      case IDLE_TIMEOUT -> b.idleTimeout((Duration) v);
      case MAX_LIFETIME -> b.maxLifetime((Duration) v);
      case MAX_LIFETIME_JITTER -> b.maxLifetimeJitter((double) v);
      case MAX_USES -> b.maxUses((long) v);
      case VALIDATE_AFTER_IDLE -> b.validateAfterIdle((Duration) v);
      case HEALTH_CHECK_INTERVAL -> b.healthCheckInterval((Duration) v);
      case KEEPALIVE_INTERVAL -> b.keepaliveInterval((Duration) v);
      case RESUME_GUARD -> b.resumeGuard((boolean) v);
      case STRICT_RESUME_GUARD -> b.strictResumeGuard((boolean) v);
      case START_POLICY -> b.startPolicy((StartPolicy) v);
      case BACKOFF_MIN -> b.backoffMin((Duration) v);
      case BACKOFF_MAX -> b.backoffMax((Duration) v);
      case LEAK_THRESHOLD -> b.leakThreshold((Duration) v);
      case LEAK_RECLAIM -> b.leakReclaim((boolean) v);
      case LEAK_STACK_SAMPLING -> b.leakStackSampling((int) v);
      case ASSERT_RETURNED -> b.assertReturned((boolean) v);
      case SLOW_LEASE_THRESHOLD -> b.slowLeaseThreshold((Duration) v);
      case SLOW_ACQUIRE_THRESHOLD -> b.slowAcquireThreshold((Duration) v);
      case NESTED_ACQUIRE -> b.nestedAcquire((NestedAcquire) v);
      case NAME -> b.name((String) v);
      case HANDOUT_ORDER -> b.handoutOrder((HandoutOrder) v);
      case FAIRNESS -> b.fairness((Fairness) v);
      case WHEN_EXHAUSTED -> b.whenExhausted((PoolConfig.WhenExhausted) v);
      case OVERLOAD -> b.overload((Overload) v);
      case CLASS_LOADER -> b.classLoader((ClassLoader) v);
      default -> throw new AssertionError(option);
    };
  }

  /** Reads an option; null if it is not set. */
  static @Nullable Object get(SluiceConfig c, Option option) {
    return switch (option) {
      case URL -> c.url();
      case USER -> c.user();
      case PASSWORD -> c.password();
      case CREDENTIALS -> c.givenCredentials();
      case RETIRE_ON_CREDENTIAL_CHANGE -> c.retireOnCredentialChange();
      case DATA_SOURCE -> c.dataSource();
      case DRIVER_CLASS_NAME -> c.driverClassName();
      case REQUIRED_ROLE -> c.requiredRole();
      case QUERY_TIMEOUT -> c.queryTimeout();
      case VALIDATION_QUERY -> c.validationQuery();
      case VALIDATOR -> c.validator();
      case AUTO_COMMIT -> c.autoCommit();
      case READ_ONLY -> c.readOnly();
      case TRANSACTION_ISOLATION -> c.transactionIsolation();
      case CATALOG -> c.catalog();
      case SCHEMA -> c.schema();
      case INIT_SQL -> c.initSql();
      case HOOKS -> c.hooks();
      case HOOK_TIMEOUT -> c.hookTimeout();
      case ON_RETURN -> c.onReturn();
      case OPEN_TRANSACTION_ON_RETURN -> c.openTransactionOnReturn();
      case RESTORE_STATE -> c.restoreState();
      case RESET_POLICY -> c.resetPolicy();
      case ERROR_CLASSIFIER -> c.errorClassifier();
      case STRICT_CLOSE -> c.strictClose();
      case REQUEST_BOUNDARIES -> c.requestBoundaries();
      case STATEMENT_CACHE_SIZE -> c.statementCacheSize();
      case TRANSACTION_POOLER -> c.transactionPooler();
      case LISTENER -> c.listeners();
      case EXPECTED_INSTANCES -> c.expectedInstances();
      case START_RETRY -> c.startRetry();
      case SHUTDOWN_HOOK -> c.shutdownHook();
      default -> getFromPool(c.pool(), option);
    };
  }

  private static @Nullable Object getFromPool(PoolConfig pool, Option option) {
    return switch (option) {
      case MIN_SIZE -> pool.minSize();
      case MAX_SIZE -> pool.maxSize();
      case MAX_OVERFLOW -> pool.maxOverflow();
      case RESERVE_SIZE -> pool.reserveSize();
      case RESERVE_AFTER -> pool.reserveAfter();
      case MIN_SPARE -> pool.minSpare();
      case MAX_IDLE -> pool.maxIdle() == PoolConfig.MAX_SIZE_LIMIT ? null : pool.maxIdle();
      case GROUP -> pool.group();
      case WARM_UP -> pool.warmUp();
      case MAX_WAITERS -> pool.maxWaiters();
      case MAX_CONCURRENT_OPENS -> pool.maxConcurrentOpens();
      case ACQUIRE_TIMEOUT -> pool.acquireTimeout();
      case OPEN_TIMEOUT -> pool.openTimeout();
      case VALIDATION_TIMEOUT -> pool.validationTimeout();
      case RESET_TIMEOUT -> pool.resetTimeout();
      case CLOSE_TIMEOUT -> pool.closeTimeout();
      case DRAIN_TIMEOUT -> pool.drainTimeout();
      case IDLE_TIMEOUT -> pool.idleTimeout();
      case MAX_LIFETIME -> pool.maxLifetime();
      case MAX_LIFETIME_JITTER -> pool.maxLifetimeJitter();
      case MAX_USES -> pool.maxUses();
      case VALIDATE_AFTER_IDLE -> pool.validateAfterIdle();
      case HEALTH_CHECK_INTERVAL -> pool.healthCheckInterval();
      case KEEPALIVE_INTERVAL -> pool.keepaliveInterval();
      case RESUME_GUARD -> pool.resumeGuard();
      case STRICT_RESUME_GUARD -> pool.strictResumeGuard();
      case START_POLICY -> pool.startPolicy();
      case BACKOFF_MIN -> pool.backoffMin();
      case BACKOFF_MAX -> pool.backoffMax();
      case LEAK_THRESHOLD -> pool.leakThreshold();
      case LEAK_RECLAIM -> pool.leakReclaim();
      case LEAK_STACK_SAMPLING -> pool.leakStackSampling();
      case ASSERT_RETURNED -> pool.assertReturned();
      case SLOW_LEASE_THRESHOLD -> pool.slowLeaseThreshold();
      case SLOW_ACQUIRE_THRESHOLD -> pool.slowAcquireThreshold();
      case NESTED_ACQUIRE -> pool.nestedAcquire();
      case NAME -> pool.name();
      case HANDOUT_ORDER -> pool.handoutOrder();
      case FAIRNESS -> pool.fairness();
      case WHEN_EXHAUSTED -> pool.whenExhausted();
      case OVERLOAD -> pool.overload();
      case CLASS_LOADER -> pool.classLoader();
      default -> throw new AssertionError(option);
    };
  }

  private static List<String> texts(Object list) {
    List<String> texts = new ArrayList<>();
    for (Object text : (List<?>) list) {
      texts.add((String) text);
    }
    return texts;
  }

  /** Shows a value as it would be written, or masks it. */
  static String show(@Nullable Object value) {
    if (value == null) {
      return "unset";
    }
    if (value instanceof Duration duration) {
      return DurationText.format(duration);
    }
    if (value instanceof ResetPolicy policy) {
      return policy.statements().isEmpty()
          ? policy.level().name()
          : count(policy.statements().size(), "statement");
    }
    if (value instanceof Overload overload) {
      return DurationText.format(overload.target())
          + "/"
          + DurationText.format(overload.interval());
    }
    if (value instanceof List<?> list) {
      return list.isEmpty() ? "none" : count(list.size(), "entry");
    }
    if (value instanceof DataSource
        || value instanceof CredentialsSource
        || value instanceof ConnectionValidator
        || value instanceof ConnectionHooks
        || value instanceof ErrorClassifier) {
      // Their own text might show a secret.
      return value.getClass().getName();
    }
    return value.toString();
  }

  private static String count(int n, String what) {
    String plural = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
    return n + " " + (n == 1 ? what : plural);
  }
}
