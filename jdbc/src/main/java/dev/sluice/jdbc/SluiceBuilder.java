package dev.sluice.jdbc;

import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.Overload;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Sets the options of a {@link SluiceDataSource}; not thread-safe. {@link #toConfig} and {@link
 * #build} check them together. Durations can be given as text: {@code "250ms"}, {@code "30s"},
 * {@code "1h30m"}, {@code "PT30S"}.
 */
public final class SluiceBuilder {
  /** What the sources said that cannot be; told when all is checked together. */
  final List<String> problems = new ArrayList<>();

  /** Where options came from, by key. */
  final Map<String, String> origins = new LinkedHashMap<>();

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
  @Nullable ConnectionValidator validator;
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
  boolean strictClose = false;

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
    this.validator = config.validator();
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
    this.strictClose = config.strictClose();
  }

  /**
   * Builds the data source and starts it as {@link #startPolicy} says. Settings that are legal but
   * hardly meant are logged as warnings.
   *
   * @throws SluiceConfigException if the options are impossible; the message names every reason
   */
  public SluiceDataSource build() {
    SluiceConfig config = toConfig();
    Sanity.log(config);
    return SluiceDataSource.create(config);
  }

  /**
   * Checks all options together.
   *
   * @throws SluiceConfigException if they are impossible; the message names every reason
   */
  public SluiceConfig toConfig() {
    return Checks.config(this);
  }

  /**
   * Takes options from a map, by Sluice's names or its peers', in any case. What is in the map
   * replaces what was set before; null values are passed over. Problems are reported by {@link
   * #toConfig}, all together.
   */
  public SluiceBuilder settings(Map<String, ?> settings) {
    Binder.bind(Sources.map(settings, ""), this);
    return this;
  }

  /** As {@link #settings(Map)}, from what stands under a prefix such as {@code "orders.pool"}. */
  public SluiceBuilder settings(Map<String, ?> settings, String prefix) {
    Binder.bind(Sources.map(settings, prefix), this);
    return this;
  }

  /** As {@link #settings(Map)}, with the properties' defaults. */
  public SluiceBuilder settings(Properties settings) {
    Map<String, String> map = new LinkedHashMap<>();
    settings.stringPropertyNames().stream()
        .sorted()
        .forEach(key -> map.put(key, settings.getProperty(key)));
    return settings(map);
  }

  /**
   * Takes options from a file: section {@code [pool]} of a {@code .toml}, or all of a {@code
   * .properties}, in UTF-8.
   *
   * @throws SluiceConfigException if it cannot be read; what its options say is reported by {@link
   *     #toConfig}
   */
  public SluiceBuilder file(Path file) {
    return file(file, "pool");
  }

  /**
   * As {@link #file(Path)}, from another section ({@code "databases.replica"}); of {@code
   * .properties}, what stands under that prefix.
   */
  public SluiceBuilder file(Path file, String section) {
    Binder.bind(Sources.file(file, section), this);
    return this;
  }

  /** Takes options from the environment of this process, as {@link #environment(Map)} does. */
  public SluiceBuilder environment() {
    return environment(System.getenv());
  }

  /**
   * Takes options from environment variables: {@code SLUICE_MAX_SIZE} or {@code POOL__MAX_SIZE} and
   * their like, and {@code DATABASE_URL} unless {@code SLUICE_URL} is there. Empty ones are passed
   * over. A variable of these prefixes that names no option is an error.
   */
  public SluiceBuilder environment(Map<String, String> environment) {
    Binder.bind(Sources.environment(environment), this);
    return this;
  }

  /**
   * Applies a named set of options, such as one of {@link PoolPresets}. What is set later replaces
   * it.
   */
  public SluiceBuilder preset(UnaryOperator<SluiceBuilder> preset) {
    return preset.apply(this);
  }

  /**
   * Where the database is: a JDBC URL, or one in the form of {@code DATABASE_URL} ({@code
   * postgresql://user:password@host:5432/app}). What the URL says of user, password and Sluice's
   * own options ({@code ?sluice.maxSize=20}) is taken out of it and set.
   *
   * @throws SluiceConfigException if it is no such URL
   */
  public SluiceBuilder url(String url) {
    try {
      ParsedUrl parsed = ParsedUrl.parse(Objects.requireNonNull(url, "url"));
      this.url = parsed.jdbcUrl();
      Binder.bind(parsed.settings("the URL"), this);
      return this;
    } catch (BadValue e) {
      // What could not be read may have a password anywhere.
      throw new SluiceConfigException("url = " + Secret.MASK + " " + e.reason());
    }
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

  /**
   * Something for the driver, by its own name for it. {@code user} and {@code password} set those.
   */
  public SluiceBuilder driverProperty(String name, String value) {
    return driverProperty(name, Secret.of(value));
  }

  /** As {@link #driverProperty(String, String)}. */
  public SluiceBuilder driverProperty(String name, Secret value) {
    Objects.requireNonNull(value, "value");
    switch (Objects.requireNonNull(name, "name")) {
      case "user" -> user(value.reveal());
      case "password" -> password(value);
      default -> driverProperties.put(name, value);
    }
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

  /**
   * As {@link #transactionIsolation(int)}, by name: {@code "READ_COMMITTED"}, {@code "read
   * committed"}, {@code "TRANSACTION_READ_COMMITTED"}.
   */
  public SluiceBuilder transactionIsolation(String transactionIsolation) {
    try {
      return transactionIsolation(Kind.isolation().read(transactionIsolation));
    } catch (BadValue e) {
      throw new SluiceConfigException(
          "transactionIsolation = \"" + transactionIsolation + "\" " + e.reason());
    }
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

  /**
   * What checks a connection in a way of its own, instead of {@link #validationQuery}. Default:
   * nothing.
   */
  public SluiceBuilder validator(@Nullable ConnectionValidator validator) {
    this.validator = validator;
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

  /**
   * Whether a second close of a connection is logged, with the stacks of both, at most one a
   * second. It is harmless by JDBC's rules, and stays so; but it may be a sign that two borrowers
   * believe to own it. Use after the first close then also says where that was. For tests and
   * searches: each close costs a stack. Default false.
   */
  public SluiceBuilder strictClose(boolean strictClose) {
    this.strictClose = strictClose;
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
   * Connections opened at the start in all, where that is more than the minimum and the start
   * policy is not LAZY. Default 0.
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

  /**
   * A connection that rested longer is checked before it is lent. Zero: always; as text {@code
   * "never"} stands for the longest duration. Default 1 s.
   */
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

  /**
   * What is thought of a thread that takes a connection while it holds another. Default ALLOW; WARN
   * is for tests and searches, it makes each acquisition look through the leases.
   */
  public SluiceBuilder nestedAcquire(NestedAcquire nestedAcquire) {
    pool.nestedAcquire(Objects.requireNonNull(nestedAcquire, "nestedAcquire"));
    return this;
  }

  /** Whether a pause of the whole process makes all idle connections suspect. Default true. */
  public SluiceBuilder resumeGuard(boolean resumeGuard) {
    pool.resumeGuard(resumeGuard);
    return this;
  }

  /**
   * Whether each acquisition looks for a pause of the process itself, which costs it about 25 ns;
   * otherwise the keeper does, 50 ms after the resume at most. Needs {@link #resumeGuard}. Default
   * false.
   */
  public SluiceBuilder strictResumeGuard(boolean strictResumeGuard) {
    pool.strictResumeGuard(strictResumeGuard);
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

  /** Whether a caller that runs may go before one that waits. Default BOUNDED. */
  public SluiceBuilder fairness(Fairness fairness) {
    pool.fairness(Objects.requireNonNull(fairness, "fairness"));
    return this;
  }

  /** Whether callers wait when nothing is free. Default WAIT. */
  public SluiceBuilder whenExhausted(PoolConfig.WhenExhausted whenExhausted) {
    pool.whenExhausted(Objects.requireNonNull(whenExhausted, "whenExhausted"));
    return this;
  }

  /** Names the pool, and shows nothing else. */
  @Override
  public String toString() {
    return "SluiceBuilder{" + name + "}";
  }

  private static Duration duration(String option, String text) {
    try {
      Object value = Options.get(option).kind().read(Objects.requireNonNull(text, option));
      return (Duration) value;
    } catch (BadValue e) {
      throw new SluiceConfigException(option + " = \"" + Printable.of(text) + "\" " + e.reason());
    }
  }
}
