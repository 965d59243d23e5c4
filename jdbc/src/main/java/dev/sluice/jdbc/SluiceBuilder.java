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
 * Sets the options of a {@link SluiceDataSource}; not thread-safe. {@link #toConfig} and {@link
 * #build} check them together. The options of {@link PoolOptions} are here too; its resources are
 * connections.
 */
public final class SluiceBuilder extends PoolOptions<SluiceBuilder> {
  /** What the sources said that is impossible; reported when all is checked together. */
  final List<PoolConfig.Problem> problems = new ArrayList<>();

  /** Where options came from, by key. */
  final Map<String, String> origins = new LinkedHashMap<>();

  final JdbcValues values;

  SluiceBuilder() {
    this.values = new JdbcValues();
  }

  /** Starts from a configuration, of which the caller gives a copy. */
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
   * @throws SluiceConfigException if the options are impossible; the message names every reason
   */
  public SluiceDataSource build() {
    SluiceConfig config = toConfig();
    ConfigWarnings.log(config);
    return SluiceDataSource.create(config);
  }

  /**
   * Checks all options together.
   *
   * @throws SluiceConfigException if they are impossible; the message names every reason
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

  /** The configuration as it is set now, which must have no problems. */
  SluiceConfig freeze() {
    return new SluiceConfig(values, poolConfig());
  }

  /**
   * Takes options from a map, by Sluice's names or its peers', in any case. What is in the map
   * replaces what was set before; null values are passed over. Problems are reported by {@link
   * #toConfig}, all together.
   */
  public SluiceBuilder settings(Map<String, ?> settings) {
    return apply(Binder.read(Sources.map(settings, "")));
  }

  /** As {@link #settings(Map)}, from what stands under a prefix such as {@code "orders.pool"}. */
  public SluiceBuilder settings(Map<String, ?> settings, String prefix) {
    return apply(Binder.read(Sources.map(settings, prefix)));
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
    try {
      return apply(Binder.read(Sources.file(file, section)));
    } catch (UnreadableText e) {
      throw new SluiceConfigException(String.valueOf(e.getMessage()), e);
    }
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
    return apply(Binder.read(Sources.environment(environment)));
  }

  /** Sets what a source says; keeps its problems for {@link #toConfig}. */
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
      ParsedUrl parsed = ParsedUrl.parse(Objects.requireNonNull(url, "url"), Names.INSTANCE);
      values.url = parsed.jdbcUrl();
      // A URL that says nothing else needs no table of options.
      return parsed.found().isEmpty() ? this : apply(Binder.read(parsed.settings("the URL: ")));
    } catch (BadValue e) {
      // What could not be read may have a password anywhere.
      throw new SluiceConfigException("url = " + Printable.MASK + " " + e.reason());
    }
  }

  /** The user to log in as. Default: none, which leaves it to the URL or the driver. */
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
   * Something for the driver, by its own name for it. {@code user} and {@code password} set those.
   */
  public SluiceBuilder driverProperty(String name, String value) {
    return driverProperty(name, Secret.of(value));
  }

  /**
   * As {@link #driverProperty(String, String)}, with a value that need not be text, such as a
   * {@link java.security.PrivateKey}. The driver gets the object itself, except that numbers,
   * truths and enums become text, as drivers expect. It is shown as {@code ***}.
   */
  public SluiceBuilder driverProperty(String name, Object value) {
    return driverProperty(name, Secret.hiding(Objects.requireNonNull(value, "value")));
  }

  /** As {@link #driverProperty(String, String)}. */
  public SluiceBuilder driverProperty(String name, Secret value) {
    Objects.requireNonNull(value, "value");
    switch (Objects.requireNonNull(name, "name")) {
      case "user" -> user(value.reveal());
      case "password" -> password(value);
      default -> values.driverProperties.put(name, value);
    }
    return this;
  }

  /** What opens connections, instead of a URL. */
  public SluiceBuilder dataSource(DataSource dataSource) {
    values.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    return this;
  }

  /** The driver's class, for a driver that does not announce itself. Default: none. */
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
   * The isolation that every borrower finds: a constant of {@link java.sql.Connection}. Default:
   * the server's own.
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

  /** Code of yours that runs at fixed points of a connection's life. Default null: none. */
  public SluiceBuilder hooks(@Nullable ConnectionHooks hooks) {
    values.hooks = hooks;
    return this;
  }

  /**
   * How long the hooks {@link ConnectionHooks#firstConnect} and {@link ConnectionHooks#onConnect}
   * may take, each. {@code openTimeout} limits opening as a whole all the same. From 1 ms to 3,650
   * days, by default 5 s.
   */
  public SluiceBuilder hookTimeout(Duration hookTimeout) {
    values.hookTimeout = Objects.requireNonNull(hookTimeout, "hookTimeout");
    return this;
  }

  /**
   * The default limit for a statement, rounded up to whole seconds as JDBC wants it. Default zero:
   * none.
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

  /**
   * What checks a connection in a way of its own, instead of {@link #validationQuery}. Default:
   * nothing.
   */
  public SluiceBuilder validator(@Nullable ConnectionValidator validator) {
    values.validator = validator;
    return this;
  }

  /** What ends a transaction that is open when a connection comes back. Default ROLLBACK. */
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
   * Whether what a borrower changed (auto-commit, isolation, schema and so on) is put back. Default
   * true.
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

  /** What a server must be for its connections to be lent. Default ANY. */
  public SluiceBuilder requiredRole(SluiceConfig.Role requiredRole) {
    values.requiredRole = Objects.requireNonNull(requiredRole, "requiredRole");
    return this;
  }

  /** Where user and password come from, instead of fixed ones. Default: none. */
  public SluiceBuilder credentials(@Nullable CredentialsSource credentials) {
    values.credentials = credentials;
    return this;
  }

  /**
   * Whether connections opened under older credentials are replaced once new ones work. Default
   * false.
   */
  public SluiceBuilder retireOnCredentialChange(boolean retireOnCredentialChange) {
    values.retireOnCredentialChange = retireOnCredentialChange;
    return this;
  }

  /** What judges exceptions before Sluice's own rules do. Default: nothing. */
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
   * For how long building a pool with {@code FAIL_FAST} tries again, once a second, when it cannot
   * open a connection: an application may start before its database does. From 0, which is the
   * default and means one attempt, to 3,650 days.
   */
  public SluiceBuilder startRetry(Duration startRetry) {
    values.startRetry = Objects.requireNonNull(startRetry, "startRetry");
    return this;
  }

  /** Whether the pool is closed when the JVM shuts down. Default false. */
  public SluiceBuilder shutdownHook(boolean shutdownHook) {
    values.shutdownHook = shutdownHook;
    return this;
  }

  /**
   * Whether a second close of a connection is logged, with the stacks of both, at most one a
   * second. It is harmless by JDBC's rules, and stays so; but it may be a sign that two borrowers
   * believe to own it. Use after the first close then also says where that was. For tests and
   * searches: each close costs a stack. Default false.
   */
  public SluiceBuilder strictClose(boolean strictClose) {
    values.strictClose = strictClose;
    return this;
  }

  /** Names the pool, and shows nothing else. */
  @Override
  public String toString() {
    return "SluiceBuilder{" + poolName() + "}";
  }
}
