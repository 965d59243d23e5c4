package dev.sluice.jdbc;

import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.Overload;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Sets the options of a {@link SluiceDataSource}; not thread-safe. {@link #toConfig} and {@link
 * #build} check them together. Durations can be given as text: {@code "250ms"}, {@code "30s"},
 * {@code "1h30m"}, {@code "PT30S"}.
 */
public final class SluiceBuilder {
  final PoolConfig.Builder pool;
  String name = "pool";
  @Nullable Duration idleTimeout;
  @Nullable Duration maxLifetime;
  @Nullable Duration keepaliveInterval;
  @Nullable Duration backoffMin;
  @Nullable Duration backoffMax;
  @Nullable String url;
  @Nullable String user;
  @Nullable Secret password;
  final Map<String, Secret> driverProperties = new LinkedHashMap<>();
  @Nullable DataSource dataSource;
  @Nullable String driverClassName;
  @Nullable Boolean autoCommit;
  @Nullable Boolean readOnly;
  @Nullable Integer transactionIsolation;
  @Nullable String catalog;
  @Nullable String schema;
  List<String> initSql = List.of();
  Duration queryTimeout = Duration.ZERO;
  @Nullable String validationQuery;
  SluiceConfig.OnReturn onReturn = SluiceConfig.OnReturn.ROLLBACK;
  SluiceConfig.OpenTransaction openTransactionOnReturn = SluiceConfig.OpenTransaction.ROLLBACK;
  boolean restoreState = true;
  ResetPolicy resetPolicy = ResetPolicy.FAST;
  SluiceConfig.Role requiredRole = SluiceConfig.Role.ANY;
  @Nullable CredentialsSource credentials;
  boolean retireOnCredentialChange = false;
  @Nullable ErrorClassifier errorClassifier;
  final List<PoolListener> listeners = new ArrayList<>();
  boolean shutdownHook = false;

  SluiceBuilder() {
    this.pool = PoolConfig.builder();
  }

  SluiceBuilder(SluiceConfig config) {
    this.pool = config.pool().toBuilder();
    this.name = config.pool().name();
    this.idleTimeout = config.pool().idleTimeout();
    this.maxLifetime = config.pool().maxLifetime();
    this.keepaliveInterval = config.pool().keepaliveInterval();
    this.backoffMin = config.pool().backoffMin();
    this.backoffMax = config.pool().backoffMax();
    this.url = config.url();
    this.user = config.user();
    this.password = config.password();
    this.driverProperties.putAll(config.driverProperties());
    this.dataSource = config.dataSource();
    this.driverClassName = config.driverClassName();
    this.autoCommit = config.autoCommit();
    this.readOnly = config.readOnly();
    this.transactionIsolation = config.transactionIsolation();
    this.catalog = config.catalog();
    this.schema = config.schema();
    this.initSql = config.initSql();
    this.queryTimeout = config.queryTimeout();
    this.validationQuery = config.validationQuery();
    this.onReturn = config.onReturn();
    this.openTransactionOnReturn = config.openTransactionOnReturn();
    this.restoreState = config.restoreState();
    this.resetPolicy = config.resetPolicy();
    this.requiredRole = config.requiredRole();
    this.credentials = config.givenCredentials();
    this.retireOnCredentialChange = config.retireOnCredentialChange();
    this.errorClassifier = config.errorClassifier();
    this.listeners.addAll(config.listeners());
    this.shutdownHook = config.shutdownHook();
  }

  /** Builds the data source and starts it as {@link #startPolicy} says. */
  public SluiceDataSource build() {
    return SluiceDataSource.create(toConfig());
  }

  /**
   * Checks all options together.
   *
   * @throws SluiceConfigException if they are impossible; the message names every reason
   */
  public SluiceConfig toConfig() {
    try {
      return new SluiceConfig(this, pool.build());
    } catch (SluiceConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new SluiceConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Where the database is: a JDBC URL, or one in the form of {@code DATABASE_URL} ({@code
   * postgresql://user:password@host:5432/app}).
   */
  public SluiceBuilder url(String url) {
    this.url = Objects.requireNonNull(url, "url");
    return this;
  }

  /** The user to log in as. Default: none, which leaves it to the URL or the driver. */
  public SluiceBuilder user(@Nullable String user) {
    this.user = user;
    return this;
  }

  /** The password to log in with. Default: none. */
  public SluiceBuilder password(@Nullable String password) {
    return password(password == null ? null : Secret.of(password));
  }

  /** The password to log in with. Default: none. */
  public SluiceBuilder password(@Nullable Secret password) {
    this.password = password;
    return this;
  }

  /** Something for the driver, by its own name for it. */
  public SluiceBuilder driverProperty(String name, String value) {
    return driverProperty(name, Secret.of(value));
  }

  /** Something for the driver, by its own name for it. */
  public SluiceBuilder driverProperty(String name, Secret value) {
    driverProperties.put(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return this;
  }

  /** What opens connections, instead of a URL. */
  public SluiceBuilder dataSource(DataSource dataSource) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    return this;
  }

  /** The driver's class, for a driver that does not announce itself. Default: none. */
  public SluiceBuilder driverClassName(@Nullable String driverClassName) {
    this.driverClassName = driverClassName;
    return this;
  }

  /** The pool's name, in every message. Default {@code "pool"}. */
  public SluiceBuilder name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    pool.name(name);
    return this;
  }

  /** The auto-commit mode that every borrower finds. Default null: the driver's own. */
  public SluiceBuilder autoCommit(@Nullable Boolean autoCommit) {
    this.autoCommit = autoCommit;
    return this;
  }

  /** The read-only mode that every borrower finds. Default null: the driver's own. */
  public SluiceBuilder readOnly(@Nullable Boolean readOnly) {
    this.readOnly = readOnly;
    return this;
  }

  /**
   * The isolation that every borrower finds: a constant of {@link java.sql.Connection}. Default:
   * the server's own.
   */
  public SluiceBuilder transactionIsolation(int transactionIsolation) {
    this.transactionIsolation = transactionIsolation;
    return this;
  }

  /** The catalog that every borrower finds. Default null: the URL's. */
  public SluiceBuilder catalog(@Nullable String catalog) {
    this.catalog = catalog;
    return this;
  }

  /** The schema that every borrower finds. Default null: the server's own. */
  public SluiceBuilder schema(@Nullable String schema) {
    this.schema = schema;
    return this;
  }

  /** Statements run once on each new connection, in order. Default: none. */
  public SluiceBuilder initSql(String... statements) {
    return initSql(List.of(statements));
  }

  /** Statements run once on each new connection, in order. Default: none. */
  public SluiceBuilder initSql(List<String> statements) {
    this.initSql = List.copyOf(statements);
    return this;
  }

  /**
   * The default limit for a statement, rounded up to whole seconds as JDBC wants it. Default zero:
   * none.
   */
  public SluiceBuilder queryTimeout(Duration queryTimeout) {
    this.queryTimeout = Objects.requireNonNull(queryTimeout, "queryTimeout");
    return this;
  }

  /** As {@link #queryTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder queryTimeout(String queryTimeout) {
    return queryTimeout(duration("queryTimeout", queryTimeout));
  }

  /** The statement that checks a connection. Default null: {@link java.sql.Connection#isValid}. */
  public SluiceBuilder validationQuery(@Nullable String validationQuery) {
    this.validationQuery = validationQuery;
    return this;
  }

  /** What ends a transaction that is open when a connection comes back. Default ROLLBACK. */
  public SluiceBuilder onReturn(SluiceConfig.OnReturn onReturn) {
    this.onReturn = Objects.requireNonNull(onReturn, "onReturn");
    return this;
  }

  /**
   * What is thought of a borrower who returns a connection in an open transaction. Default
   * ROLLBACK.
   */
  public SluiceBuilder openTransactionOnReturn(SluiceConfig.OpenTransaction openTransaction) {
    this.openTransactionOnReturn = Objects.requireNonNull(openTransaction, "openTransaction");
    return this;
  }

  /**
   * Whether what a borrower changed (auto-commit, isolation, schema and so on) is put back. Default
   * true.
   */
  public SluiceBuilder restoreState(boolean restoreState) {
    this.restoreState = restoreState;
    return this;
  }

  /** How thoroughly a connection is cleaned between two borrowers. Default FAST. */
  public SluiceBuilder resetPolicy(ResetPolicy resetPolicy) {
    this.resetPolicy = Objects.requireNonNull(resetPolicy, "resetPolicy");
    return this;
  }

  /** What a server must be for its connections to be lent. Default ANY. */
  public SluiceBuilder requiredRole(SluiceConfig.Role requiredRole) {
    this.requiredRole = Objects.requireNonNull(requiredRole, "requiredRole");
    return this;
  }

  /** Where user and password come from, instead of fixed ones. Default: none. */
  public SluiceBuilder credentials(@Nullable CredentialsSource credentials) {
    this.credentials = credentials;
    return this;
  }

  /**
   * Whether connections opened under older credentials are replaced once new ones work. Default
   * false.
   */
  public SluiceBuilder retireOnCredentialChange(boolean retireOnCredentialChange) {
    this.retireOnCredentialChange = retireOnCredentialChange;
    return this;
  }

  /** What judges exceptions before Sluice's own rules do. Default: nothing. */
  public SluiceBuilder errorClassifier(@Nullable ErrorClassifier errorClassifier) {
    this.errorClassifier = errorClassifier;
    return this;
  }

  /** One more that is told what happens in the pool. */
  public SluiceBuilder listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /** Whether the pool is closed when the JVM shuts down. Default false. */
  public SluiceBuilder shutdownHook(boolean shutdownHook) {
    this.shutdownHook = shutdownHook;
    return this;
  }

  /** Overload control. Default null: off. */
  public SluiceBuilder overload(@Nullable Overload overload) {
    pool.overload(overload);
    return this;
  }

  /** Connections kept at least; refilled in the background. From 0 to maxSize, default 1. */
  public SluiceBuilder minSize(int minSize) {
    pool.minSize(minSize);
    return this;
  }

  /** Connections at most, those being opened and closed included. From 1 to 10,000, default 10. */
  public SluiceBuilder maxSize(int maxSize) {
    pool.maxSize(maxSize);
    return this;
  }

  /**
   * Connections opened at the start beyond the minimum, if the start policy opens any. Default 0.
   */
  public SluiceBuilder warmUp(int warmUp) {
    pool.warmUp(warmUp);
    return this;
  }

  /** Callers that may wait at once; one more is refused. Default 0: no bound. */
  public SluiceBuilder maxWaiters(int maxWaiters) {
    pool.maxWaiters(maxWaiters);
    return this;
  }

  /** Connections opened at once at most. Default 0: maxSize, but at most 32. */
  public SluiceBuilder maxConcurrentOpens(int maxConcurrentOpens) {
    pool.maxConcurrentOpens(maxConcurrentOpens);
    return this;
  }

  /** How often a connection is lent before it is replaced. Default 0: no limit. */
  public SluiceBuilder maxUses(long maxUses) {
    pool.maxUses(maxUses);
    return this;
  }

  /**
   * How long a caller waits in all: for its turn, opening, checking. Zero: at once or not at all.
   * Default 30 s.
   */
  public SluiceBuilder acquireTimeout(Duration acquireTimeout) {
    pool.acquireTimeout(Objects.requireNonNull(acquireTimeout, "acquireTimeout"));
    return this;
  }

  /** As {@link #acquireTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder acquireTimeout(String acquireTimeout) {
    return acquireTimeout(duration("acquireTimeout", acquireTimeout));
  }

  /** How long one attempt to connect may take before it is abandoned. Default 10 s. */
  public SluiceBuilder openTimeout(Duration openTimeout) {
    pool.openTimeout(Objects.requireNonNull(openTimeout, "openTimeout"));
    return this;
  }

  /** As {@link #openTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder openTimeout(String openTimeout) {
    return openTimeout(duration("openTimeout", openTimeout));
  }

  /** How long one check may take before the connection counts as dead. Default 3 s. */
  public SluiceBuilder validationTimeout(Duration validationTimeout) {
    pool.validationTimeout(Objects.requireNonNull(validationTimeout, "validationTimeout"));
    return this;
  }

  /** As {@link #validationTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder validationTimeout(String validationTimeout) {
    return validationTimeout(duration("validationTimeout", validationTimeout));
  }

  /** How long cleaning a connection may take before it is closed instead. Default 5 s. */
  public SluiceBuilder resetTimeout(Duration resetTimeout) {
    pool.resetTimeout(Objects.requireNonNull(resetTimeout, "resetTimeout"));
    return this;
  }

  /** As {@link #resetTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder resetTimeout(String resetTimeout) {
    return resetTimeout(duration("resetTimeout", resetTimeout));
  }

  /** How long closing one connection may take before it is aborted. Default 5 s. */
  public SluiceBuilder closeTimeout(Duration closeTimeout) {
    pool.closeTimeout(Objects.requireNonNull(closeTimeout, "closeTimeout"));
    return this;
  }

  /** As {@link #closeTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder closeTimeout(String closeTimeout) {
    return closeTimeout(duration("closeTimeout", closeTimeout));
  }

  /** How long closing the pool waits for borrowers before it cuts them off. Default 10 s. */
  public SluiceBuilder drainTimeout(Duration drainTimeout) {
    pool.drainTimeout(Objects.requireNonNull(drainTimeout, "drainTimeout"));
    return this;
  }

  /** As {@link #drainTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder drainTimeout(String drainTimeout) {
    return drainTimeout(duration("drainTimeout", drainTimeout));
  }

  /**
   * How long a connection above the minimum may rest before it is closed. Zero: for ever. Default
   * 10 min, or maxLifetime if that is shorter.
   */
  public SluiceBuilder idleTimeout(Duration idleTimeout) {
    this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
    return this;
  }

  /** As {@link #idleTimeout(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder idleTimeout(String idleTimeout) {
    return idleTimeout(duration("idleTimeout", idleTimeout));
  }

  /** How old a connection may grow. Zero: no limit. Default 30 min. */
  public SluiceBuilder maxLifetime(Duration maxLifetime) {
    this.maxLifetime = Objects.requireNonNull(maxLifetime, "maxLifetime");
    return this;
  }

  /** As {@link #maxLifetime(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder maxLifetime(String maxLifetime) {
    return maxLifetime(duration("maxLifetime", maxLifetime));
  }

  /**
   * The part of maxLifetime, from 0 to 0.9, by which each connection's own lifetime is shortened at
   * random. Default 0.1.
   */
  public SluiceBuilder maxLifetimeJitter(double maxLifetimeJitter) {
    pool.maxLifetimeJitter(maxLifetimeJitter);
    return this;
  }

  /** A connection that rested longer is checked before it is lent. Zero: always. Default 1 s. */
  public SluiceBuilder validateAfterIdle(Duration validateAfterIdle) {
    pool.validateAfterIdle(Objects.requireNonNull(validateAfterIdle, "validateAfterIdle"));
    return this;
  }

  /** As {@link #validateAfterIdle(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder validateAfterIdle(String validateAfterIdle) {
    return validateAfterIdle(duration("validateAfterIdle", validateAfterIdle));
  }

  /** Idle connections are checked in the background this often. Zero: never. Default 30 s. */
  public SluiceBuilder healthCheckInterval(Duration healthCheckInterval) {
    pool.healthCheckInterval(Objects.requireNonNull(healthCheckInterval, "healthCheckInterval"));
    return this;
  }

  /** As {@link #healthCheckInterval(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder healthCheckInterval(String healthCheckInterval) {
    return healthCheckInterval(duration("healthCheckInterval", healthCheckInterval));
  }

  /**
   * Idle connections that were silent for so long are touched, so that no firewall forgets them.
   * Zero: never. Default 2 min, or half of maxLifetime if that is shorter.
   */
  public SluiceBuilder keepaliveInterval(Duration keepaliveInterval) {
    this.keepaliveInterval = Objects.requireNonNull(keepaliveInterval, "keepaliveInterval");
    return this;
  }

  /** As {@link #keepaliveInterval(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder keepaliveInterval(String keepaliveInterval) {
    return keepaliveInterval(duration("keepaliveInterval", keepaliveInterval));
  }

  /**
   * The upper bound of the first random pause after a failed connect; it doubles with each failure.
   * Default 100 ms.
   */
  public SluiceBuilder backoffMin(Duration backoffMin) {
    this.backoffMin = Objects.requireNonNull(backoffMin, "backoffMin");
    return this;
  }

  /** As {@link #backoffMin(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder backoffMin(String backoffMin) {
    return backoffMin(duration("backoffMin", backoffMin));
  }

  /**
   * The upper bound of any pause between attempts to connect. Default 10 s, or backoffMin if that
   * is longer.
   */
  public SluiceBuilder backoffMax(Duration backoffMax) {
    this.backoffMax = Objects.requireNonNull(backoffMax, "backoffMax");
    return this;
  }

  /** As {@link #backoffMax(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder backoffMax(String backoffMax) {
    return backoffMax(duration("backoffMax", backoffMax));
  }

  /** A connection held longer is reported as leaked, once. Default zero: leak detection is off. */
  public SluiceBuilder leakThreshold(Duration leakThreshold) {
    pool.leakThreshold(Objects.requireNonNull(leakThreshold, "leakThreshold"));
    return this;
  }

  /** As {@link #leakThreshold(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder leakThreshold(String leakThreshold) {
    return leakThreshold(duration("leakThreshold", leakThreshold));
  }

  /** Whether a leaked connection is also taken back and aborted. Default false. */
  public SluiceBuilder leakReclaim(boolean leakReclaim) {
    pool.leakReclaim(leakReclaim);
    return this;
  }

  /** The stack of one acquisition in so many is kept for reports. 1: every one. Default 0: none. */
  public SluiceBuilder leakStackSampling(int leakStackSampling) {
    pool.leakStackSampling(leakStackSampling);
    return this;
  }

  /** A connection held longer is reported as slow, once. Default zero: never. */
  public SluiceBuilder slowLeaseThreshold(Duration slowLeaseThreshold) {
    pool.slowLeaseThreshold(Objects.requireNonNull(slowLeaseThreshold, "slowLeaseThreshold"));
    return this;
  }

  /** As {@link #slowLeaseThreshold(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder slowLeaseThreshold(String slowLeaseThreshold) {
    return slowLeaseThreshold(duration("slowLeaseThreshold", slowLeaseThreshold));
  }

  /** An acquisition that waited longer is logged. Zero: never. Default 2 s. */
  public SluiceBuilder slowAcquireThreshold(Duration slowAcquireThreshold) {
    pool.slowAcquireThreshold(Objects.requireNonNull(slowAcquireThreshold, "slowAcquireThreshold"));
    return this;
  }

  /** As {@link #slowAcquireThreshold(Duration)}, from text such as {@code "30s"}. */
  public SluiceBuilder slowAcquireThreshold(String slowAcquireThreshold) {
    return slowAcquireThreshold(duration("slowAcquireThreshold", slowAcquireThreshold));
  }

  /** Whether a pause of the whole process makes all idle connections suspect. Default true. */
  public SluiceBuilder resumeGuard(boolean resumeGuard) {
    pool.resumeGuard(resumeGuard);
    return this;
  }

  /** What building the pool does about its first connections. Default LAZY. */
  public SluiceBuilder startPolicy(StartPolicy startPolicy) {
    pool.startPolicy(Objects.requireNonNull(startPolicy, "startPolicy"));
    return this;
  }

  /** Which idle connection is lent first. Default LIFO. */
  public SluiceBuilder handoutOrder(HandoutOrder handoutOrder) {
    pool.handoutOrder(Objects.requireNonNull(handoutOrder, "handoutOrder"));
    return this;
  }

  /** Whether callers wait when nothing is free. Default WAIT. */
  public SluiceBuilder whenExhausted(PoolConfig.WhenExhausted whenExhausted) {
    pool.whenExhausted(Objects.requireNonNull(whenExhausted, "whenExhausted"));
    return this;
  }

  private static Duration duration(String option, String text) {
    return Duration.parse(text);
  }
}
