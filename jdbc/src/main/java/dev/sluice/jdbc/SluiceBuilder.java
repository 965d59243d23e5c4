package dev.sluice.jdbc;

import dev.sluice.jdbc.config.BadValue;
import dev.sluice.jdbc.config.Binder;
import dev.sluice.jdbc.config.Names;
import dev.sluice.jdbc.config.ParsedUrl;
import dev.sluice.jdbc.config.Printable;
import dev.sluice.jdbc.config.Reading;
import dev.sluice.jdbc.config.Sources;
import dev.sluice.jdbc.config.UnreadableText;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolOptions;
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
 * Sets the options of a {@link SluiceDataSource}. Not thread-safe. {@link #toConfig} and {@link
 * #build} check them together. The options of {@link PoolOptions} are here too; resources there
 * mean connections.
 */
public final class SluiceBuilder extends PoolOptions<SluiceBuilder> {
  /** Problems found in the sources; reported when all options are checked together. */
  final List<PoolConfig.Problem> problems = new ArrayList<>();

  /** Where each option came from, by key. */
  final Map<String, String> origins = new LinkedHashMap<>();

  final JdbcValues values;

  SluiceBuilder() {
    this.values = new JdbcValues();
  }

  /** Starts from a copy of a configuration. */
  SluiceBuilder(JdbcValues values, PoolConfig pool) {
    super(pool);
    this.values = values;
  }

  @Override
  protected SluiceBuilder self() {
    return this;
  }

  /**
   * Builds the data source and starts it as {@link #startPolicy} says. Logs warnings about valid
   * but probably unintended settings.
   *
   * @throws SluiceConfigException if the options are invalid; the message lists every problem
   */
  public SluiceDataSource build() {
    SluiceConfig config = toConfig();
    ConfigWarnings.log(config);
    return SluiceDataSource.create(config);
  }

  /**
   * Checks all options together and returns the configuration.
   *
   * @throws SluiceConfigException if the options are invalid; the message lists every problem
   */
  public SluiceConfig toConfig() {
    return ConfigChecks.config(this);
  }

  List<PoolConfig.Problem> problemsOfPool() {
    return poolProblems();
  }

  String nameOfPool() {
    return poolName();
  }

  /** The configuration as set so far, which must have no problems. */
  SluiceConfig freeze() {
    return new SluiceConfig(values, poolConfig());
  }

  /**
   * Reads options from a map, under Sluice's names or those of other pools, in any case. They
   * replace options set before; null values are ignored. {@link #toConfig} reports all problems
   * together.
   */
  public SluiceBuilder settings(Map<String, ?> settings) {
    return apply(Binder.read(Sources.map(settings, "")));
  }

  /** Like {@link #settings(Map)}, for the keys under a prefix such as {@code "orders.pool"}. */
  public SluiceBuilder settings(Map<String, ?> settings, String prefix) {
    return apply(Binder.read(Sources.map(settings, prefix)));
  }

  /** Like {@link #settings(Map)}, including the properties' defaults. */
  public SluiceBuilder settings(Properties settings) {
    Map<String, String> map = new LinkedHashMap<>();
    settings.stringPropertyNames().stream()
        .sorted()
        .forEach(key -> map.put(key, settings.getProperty(key)));
    return settings(map);
  }

  /**
   * Reads options from a file: section {@code [pool]} of a {@code .toml} file, or all of a {@code
   * .properties} file, in UTF-8.
   *
   * @throws SluiceConfigException if the file cannot be read; {@link #toConfig} reports problems
   *     with its options
   */
  public SluiceBuilder file(Path file) {
    return file(file, "pool");
  }

  /**
   * Like {@link #file(Path)}, from another section such as {@code "databases.replica"}; in a {@code
   * .properties} file, from the keys under that prefix.
   */
  public SluiceBuilder file(Path file, String section) {
    try {
      return apply(Binder.read(Sources.file(file, section)));
    } catch (UnreadableText e) {
      throw new SluiceConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Reads options from the environment of this process, as {@link #environment(Map)} does. */
  public SluiceBuilder environment() {
    return environment(System.getenv());
  }

  /**
   * Reads options from environment variables such as {@code SLUICE_MAX_SIZE} or {@code
   * POOL__MAX_SIZE}, and from {@code DATABASE_URL} unless {@code SLUICE_URL} is set. Empty
   * variables are ignored. A variable with one of these prefixes that names no option is an error.
   */
  public SluiceBuilder environment(Map<String, String> environment) {
    return apply(Binder.read(Sources.environment(environment)));
  }

  /** Applies the options of a source; keeps its problems for {@link #toConfig}. */
  SluiceBuilder apply(Reading reading) {
    for (Reading.Value one : reading.values()) {
      OptionValues.set(this, one.option(), one.value());
      origins.put(one.option().key(), one.where());
    }
    reading.driverProperties().forEach(this::driverProperty);
    problems.addAll(reading.problems());
    values.notes.addAll(reading.notes());
    return this;
  }

  /**
   * Applies a set of options, such as one of {@link PoolPresets}. Options set later override it.
   */
  public SluiceBuilder preset(UnaryOperator<SluiceBuilder> preset) {
    return preset.apply(this);
  }

  /**
   * The location of the database: a JDBC URL, or one in the form of {@code DATABASE_URL} ({@code
   * postgresql://user:password@host:5432/app}). Sluice removes user, password and its own options
   * ({@code ?sluice.maxSize=20}) from the URL and sets them. Null takes back a URL that was set.
   *
   * @throws SluiceConfigException if it is not such a URL
   */
  public SluiceBuilder url(@Nullable String url) {
    if (url == null) {
      values.url = null;
      return this;
    }
    try {
      ParsedUrl parsed = ParsedUrl.parse(url, Names.INSTANCE);
      values.url = parsed.jdbcUrl();
      // A URL without options needs no table of options.
      return parsed.found().isEmpty() ? this : apply(Binder.read(parsed.settings("the URL: ")));
    } catch (BadValue e) {
      // An unreadable URL may have a password anywhere.
      throw new SluiceConfigException("url = " + Printable.MASK + " " + e.reason());
    }
  }

  /** The user to log in as. Default: none; the URL or the driver decides. */
  public SluiceBuilder user(@Nullable String user) {
    values.user = user;
    return this;
  }

  /** The password to log in with. Default: none. */
  public SluiceBuilder password(@Nullable String password) {
    return password(password == null ? null : Secret.of(password));
  }

  /** The password to log in with. Default: none. */
  public SluiceBuilder password(@Nullable Secret password) {
    values.password = password;
    return this;
  }

  /**
   * A driver property, by the driver's own name. {@code user} and {@code password} set the options
   * of that name.
   */
  public SluiceBuilder driverProperty(String name, String value) {
    return driverProperty(name, Secret.of(value));
  }

  /**
   * Like {@link #driverProperty(String, String)}, with a value that need not be text, such as a
   * {@link java.security.PrivateKey}. The driver gets the object itself, except that numbers,
   * booleans and enums become text, as drivers expect. Messages show it as {@code ***}.
   */
  public SluiceBuilder driverProperty(String name, Object value) {
    return driverProperty(name, Secret.hiding(Objects.requireNonNull(value, "value")));
  }

  /** Like {@link #driverProperty(String, String)}. */
  public SluiceBuilder driverProperty(String name, Secret value) {
    Objects.requireNonNull(value, "value");
    switch (Objects.requireNonNull(name, "name")) {
      case "user" -> user(value.reveal());
      case "password" -> password(value);
      default -> values.driverProperties.put(name, value);
    }
    return this;
  }

  /** The data source that opens connections, instead of a URL. */
  public SluiceBuilder dataSource(DataSource dataSource) {
    values.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    return this;
  }

  /** The driver's class, for a driver that does not register itself. Default: none. */
  public SluiceBuilder driverClassName(@Nullable String driverClassName) {
    values.driverClassName = driverClassName;
    return this;
  }

  /** The auto-commit mode that every borrower finds. Default null: the driver's own. */
  public SluiceBuilder autoCommit(@Nullable Boolean autoCommit) {
    values.autoCommit = autoCommit;
    return this;
  }

  /** The read-only mode that every borrower finds. Default null: the driver's own. */
  public SluiceBuilder readOnly(@Nullable Boolean readOnly) {
    values.readOnly = readOnly;
    return this;
  }

  /**
   * The transaction isolation that every borrower finds: a constant of {@link java.sql.Connection}.
   * Default: the server's own.
   */
  public SluiceBuilder transactionIsolation(int transactionIsolation) {
    values.transactionIsolation = transactionIsolation;
    return this;
  }

  /** The catalog that every borrower finds. Default null: the URL's. */
  public SluiceBuilder catalog(@Nullable String catalog) {
    values.catalog = catalog;
    return this;
  }

  /** The schema that every borrower finds. Default null: the server's own. */
  public SluiceBuilder schema(@Nullable String schema) {
    values.schema = schema;
    return this;
  }

  /** Statements run once on each new connection, in order. Default: none. */
  public SluiceBuilder initSql(String... statements) {
    return initSql(List.of(statements));
  }

  /** Statements run once on each new connection, in order. Default: none. */
  public SluiceBuilder initSql(List<String> statements) {
    values.initSql = List.copyOf(statements);
    return this;
  }

  /** Your code that runs at fixed points of a connection's life. Default null: none. */
  public SluiceBuilder hooks(@Nullable ConnectionHooks hooks) {
    values.hooks = hooks;
    return this;
  }

  /**
   * How long each of the hooks {@link ConnectionHooks#firstConnect} and {@link
   * ConnectionHooks#onConnect} may take. {@code openTimeout} still limits opening as a whole. 1 ms
   * to 3,650 days. Default 5 s.
   */
  public SluiceBuilder hookTimeout(Duration hookTimeout) {
    values.hookTimeout = Objects.requireNonNull(hookTimeout, "hookTimeout");
    return this;
  }

  /**
   * The default time limit of a statement, rounded up to whole seconds as JDBC requires. Default
   * zero: none.
   */
  public SluiceBuilder queryTimeout(Duration queryTimeout) {
    values.queryTimeout = Objects.requireNonNull(queryTimeout, "queryTimeout");
    return this;
  }

  /** The statement that checks a connection. Default null: {@link java.sql.Connection#isValid}. */
  public SluiceBuilder validationQuery(@Nullable String validationQuery) {
    values.validationQuery = validationQuery;
    return this;
  }

  /** Your own check of a connection, instead of {@link #validationQuery}. Default: none. */
  public SluiceBuilder validator(@Nullable ConnectionValidator validator) {
    values.validator = validator;
    return this;
  }

  /**
   * How the pool ends a transaction that is open when a connection comes back. Default ROLLBACK.
   */
  public SluiceBuilder onReturn(SluiceConfig.OnReturn onReturn) {
    values.onReturn = Objects.requireNonNull(onReturn, "onReturn");
    return this;
  }

  /**
   * What to do about a borrower who returns a connection in an open transaction. Default ROLLBACK.
   */
  public SluiceBuilder openTransactionOnReturn(SluiceConfig.OpenTransaction openTransaction) {
    values.openTransactionOnReturn = Objects.requireNonNull(openTransaction, "openTransaction");
    return this;
  }

  /**
   * Whether the pool restores what a borrower changed (auto-commit, isolation, schema and so on).
   * Default true.
   */
  public SluiceBuilder restoreState(boolean restoreState) {
    values.restoreState = restoreState;
    return this;
  }

  /** How thoroughly a connection is cleaned between two borrowers. Default FAST. */
  public SluiceBuilder resetPolicy(ResetPolicy resetPolicy) {
    values.resetPolicy = Objects.requireNonNull(resetPolicy, "resetPolicy");
    return this;
  }

  /** The role that a server must have for the pool to lend its connections. Default ANY. */
  public SluiceBuilder requiredRole(SluiceConfig.Role requiredRole) {
    values.requiredRole = Objects.requireNonNull(requiredRole, "requiredRole");
    return this;
  }

  /** The source of user and password, instead of fixed ones. Default: none. */
  public SluiceBuilder credentials(@Nullable CredentialsSource credentials) {
    values.credentials = credentials;
    return this;
  }

  /**
   * Whether the pool replaces connections opened with older credentials once new ones work. Default
   * false.
   */
  public SluiceBuilder retireOnCredentialChange(boolean retireOnCredentialChange) {
    values.retireOnCredentialChange = retireOnCredentialChange;
    return this;
  }

  /** Judges exceptions before Sluice's own rules do. Default: none. */
  public SluiceBuilder errorClassifier(@Nullable ErrorClassifier errorClassifier) {
    values.errorClassifier = errorClassifier;
    return this;
  }

  /** Adds a listener, which receives the pool's events. */
  public SluiceBuilder listener(PoolListener listener) {
    values.listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * How many instances of the application, those of a rolling update included, have a pool like
   * this. Once a connection has been idle for half a second, the pool asks PostgreSQL, MariaDB or
   * MySQL how many connections it allows. If {@code maxSize} times this is more, a warning says by
   * how much. From 0, which asks nothing, to {@value SluiceConfig#MAX_INSTANCES}; by default 1.
   */
  public SluiceBuilder expectedInstances(int expectedInstances) {
    values.expectedInstances = expectedInstances;
    return this;
  }

  /**
   * How long a pool that is built with {@code FAIL_FAST} keeps trying to open its first connection,
   * once a second, because an application may start before its database. 0 to 3,650 days. Default
   * 0: one attempt.
   */
  public SluiceBuilder startRetry(Duration startRetry) {
    values.startRetry = Objects.requireNonNull(startRetry, "startRetry");
    return this;
  }

  /** Whether the pool closes when the JVM shuts down. Default false. */
  public SluiceBuilder shutdownHook(boolean shutdownHook) {
    values.shutdownHook = shutdownHook;
    return this;
  }

  /**
   * Whether the pool logs a second close of a connection, with the stacks of both, at most once a
   * second. By JDBC's rules a second close is harmless, and it stays so. But it may be a sign that
   * two borrowers believe that they own the connection. The exception for use after close then also
   * says where the first close was. For tests and debugging, because each close costs a stack walk.
   * Default false.
   */
  public SluiceBuilder strictClose(boolean strictClose) {
    values.strictClose = strictClose;
    return this;
  }

  /**
   * Whether a pooler between this pool and the database may run each transaction in another
   * session, as PgBouncer does in transaction mode. Default false.
   *
   * <p>The pool then sets nothing in the session. It refuses options that would ({@link #initSql},
   * {@link #schema}, {@link #readOnly}, {@link #transactionIsolation}, {@link #resetPolicy} CLEAN
   * and SQL), and borrowers who ask for a {@link SessionState}, set a schema or an isolation level,
   * or run a statement that needs a session of its own, such as {@code LISTEN} or {@code SELECT
   * pg_advisory_lock}, get SQLSTATE 0A000. PostgreSQL's driver gets {@code prepareThreshold=0}
   * unless you set it. Without this option the pool warns once if it finds a pooler in front of
   * PostgreSQL.
   */
  public SluiceBuilder transactionPooler(boolean transactionPooler) {
    values.transactionPooler = transactionPooler;
    return this;
  }

  /**
   * Whether the pool calls the driver's {@link java.sql.Connection#beginRequest} before a borrower
   * gets a connection and {@link java.sql.Connection#endRequest} after it came back and was
   * cleaned, for drivers and proxies that act on them (Oracle's Application Continuity, for
   * instance). Default false.
   *
   * <p>{@code beginRequest} runs on the borrower's thread, for a future on the thread that
   * completes it. If it fails, the pool closes the connection and the borrower gets another one.
   * {@code endRequest} runs on a worker, within {@code resetTimeout}, so every return goes through
   * one. If it fails, the pool closes the connection as {@link
   * dev.sluice.pool.CloseReason#RESET_FAILED}.
   */
  public SluiceBuilder requestBoundaries(boolean requestBoundaries) {
    values.requestBoundaries = requestBoundaries;
    return this;
  }

  /**
   * How many closed prepared statements each connection keeps open for the next use, from 0, the
   * default, which keeps none, to {@value SluiceConfig#MAX_STATEMENTS}. It is for drivers that
   * cache none themselves. PostgreSQL's does; MySQL's and MariaDB's do with {@code cachePrepStmts},
   * and docs/production.md has the rest.
   *
   * <p>A statement rests when its borrower closes it, without parameters, batch and results, and
   * with the options that it had when it was new. It is closed instead after an error, if its
   * options cannot be restored, if it was unwrapped, or if its borrower asked so by {@code
   * setPoolable(false)}. All are closed when the schema, the catalog or the session state changes,
   * and before SQL that may change a setting. A function that changes the schema escapes notice.
   * Statements of {@code prepareCall} never rest.
   */
  public SluiceBuilder statementCacheSize(int statementCacheSize) {
    values.statementCacheSize = statementCacheSize;
    return this;
  }

  /** Shows only the pool's name. */
  @Override
  public String toString() {
    return "SluiceBuilder{" + poolName() + "}";
  }
}
