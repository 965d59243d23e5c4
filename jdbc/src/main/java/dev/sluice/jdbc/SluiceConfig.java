package dev.sluice.jdbc;

import dev.sluice.jdbc.config.Option;
import dev.sluice.jdbc.config.UrlDisplay;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link SluiceDataSource}: how it reaches its database and treats its
 * connections. Immutable, complete, and checked as a whole when it is built. Thread-safe. {@link
 * #toString} shows every option but no secret.
 */
public final class SluiceConfig {
  /** How the pool ends a transaction that is open when a connection comes back. */
  public enum OnReturn {
    /** The pool rolls it back. */
    ROLLBACK,
    /** The pool commits it. */
    COMMIT,
    /** The pool does nothing; for drivers and middleware that end it themselves. */
    NONE
  }

  /** What to do about a borrower who returns a connection in an open transaction. */
  public enum OpenTransaction {
    /** The pool ends the transaction as {@link OnReturn} says. */
    ROLLBACK,
    /** Like {@link #ROLLBACK}, and the pool logs a warning, at most one per second. */
    WARN,
    /** The pool closes the connection. */
    DISCARD
  }

  /** The role that a server must have. */
  public enum Role {
    /** Any role. */
    ANY,
    /** A server that accepts writes. */
    PRIMARY
  }

  /** The most that {@link #expectedInstances} can be. */
  public static final int MAX_INSTANCES = 100_000;

  /** The most that {@link #statementCacheSize} can be. */
  public static final int MAX_STATEMENTS = 10_000;

  private final PoolConfig pool;
  private final JdbcValues v;
  private final CredentialsSource credentials;

  SluiceConfig(JdbcValues values, PoolConfig pool) {
    this.pool = pool;
    this.v = values.frozen();
    this.credentials =
        v.credentials == null
            ? CredentialsSource.fixed(Credentials.of(v.user, v.password))
            : CachedCredentials.of(v.credentials, v.user);
  }

  /** Returns a builder that starts from this configuration. */
  public SluiceBuilder toBuilder() {
    return new SluiceBuilder(v.copy(), pool);
  }

  /** How the pool behaves: sizes, timeouts, checks. */
  public PoolConfig pool() {
    return pool;
  }

  /**
   * The JDBC URL for the driver; null if there is a {@link #dataSource}. Sluice has removed
   * passwords from URLs whose form it knows. For messages use {@link #displayUrl}.
   */
  public @Nullable String url() {
    return v.url;
  }

  /** The URL for messages: without the user name, a password, or any unknown value. */
  public String displayUrl() {
    return v.url == null ? "" : UrlDisplay.display(v.url);
  }

  /** The user; null if the URL or the driver decides. */
  public @Nullable String user() {
    return v.user;
  }

  /** The password, null if there is none. */
  public @Nullable Secret password() {
    return v.password;
  }

  /**
   * Properties for the driver, by the driver's own names. All values are secrets, because Sluice
   * does not know which names of each driver hold one. Never contains {@code user} or {@code
   * password}.
   */
  public Map<String, Secret> driverProperties() {
    return v.driverProperties;
  }

  /** The data source that opens connections; null if there is a {@link #url}. */
  public @Nullable DataSource dataSource() {
    return v.dataSource;
  }

  /** The driver's class, for drivers that do not register themselves; usually null. */
  public @Nullable String driverClassName() {
    return v.driverClassName;
  }

  /** The auto-commit mode that every borrower finds; null: the driver's own. */
  public @Nullable Boolean autoCommit() {
    return v.autoCommit;
  }

  /** The read-only mode that every borrower finds; null: the driver's own. */
  public @Nullable Boolean readOnly() {
    return v.readOnly;
  }

  /**
   * The transaction isolation that every borrower finds, a constant of {@link java.sql.Connection};
   * null: the server's own.
   */
  public @Nullable Integer transactionIsolation() {
    return v.transactionIsolation;
  }

  /** The catalog that every borrower finds; null: the URL's. */
  public @Nullable String catalog() {
    return v.catalog;
  }

  /** The schema that every borrower finds; null: the server's own. */
  public @Nullable String schema() {
    return v.schema;
  }

  /** Statements run once on each new connection, in order. */
  public List<String> initSql() {
    return v.initSql;
  }

  /** User code that runs at fixed points of a connection's life; null: none. */
  public @Nullable ConnectionHooks hooks() {
    return v.hooks;
  }

  /** How long each of the hooks {@code firstConnect} and {@code onConnect} may take. */
  public Duration hookTimeout() {
    return v.hookTimeout;
  }

  /** The default time limit of a statement, in whole seconds. Zero: none. */
  public Duration queryTimeout() {
    return v.queryTimeout;
  }

  /** The statement that checks a connection; null: {@link java.sql.Connection#isValid}. */
  public @Nullable String validationQuery() {
    return v.validationQuery;
  }

  /** The user's own check of connections; null: none. */
  public @Nullable ConnectionValidator validator() {
    return v.validator;
  }

  /** How the pool ends a transaction that is open when a connection comes back. */
  public OnReturn onReturn() {
    return v.onReturn;
  }

  /** What to do about a borrower who returns a connection in an open transaction. */
  public OpenTransaction openTransactionOnReturn() {
    return v.openTransactionOnReturn;
  }

  /**
   * Whether the pool restores what a borrower changed (auto-commit, isolation, schema and so on).
   */
  public boolean restoreState() {
    return v.restoreState;
  }

  /** How thoroughly a connection is cleaned between two borrowers. */
  public ResetPolicy resetPolicy() {
    return v.resetPolicy;
  }

  /** The role that a server must have for the pool to lend its connections. */
  public Role requiredRole() {
    return v.requiredRole;
  }

  /**
   * The source of the login for each connection: the given source behind a cache, otherwise the
   * fixed {@link #user} and {@link #password}.
   */
  public CredentialsSource credentials() {
    return credentials;
  }

  /** The source as it was given; null if none was. */
  @Nullable CredentialsSource givenCredentials() {
    return v.credentials;
  }

  /** Whether the pool replaces connections opened with older credentials once new ones work. */
  public boolean retireOnCredentialChange() {
    return v.retireOnCredentialChange;
  }

  /** Judges exceptions before Sluice's own rules do; null: none. */
  public @Nullable ErrorClassifier errorClassifier() {
    return v.errorClassifier;
  }

  /** The listeners that receive the pool's events. */
  public List<PoolListener> listeners() {
    return v.listeners;
  }

  /** How many instances of the application have a pool like this; 0: the server is not asked. */
  public int expectedInstances() {
    return v.expectedInstances;
  }

  /** How long {@code FAIL_FAST} keeps trying; zero for one attempt. */
  public Duration startRetry() {
    return v.startRetry;
  }

  /** Whether the pool closes when the JVM shuts down. */
  public boolean shutdownHook() {
    return v.shutdownHook;
  }

  /** Whether the pool logs a second close of a connection, with the stacks of both. */
  public boolean strictClose() {
    return v.strictClose;
  }

  /** Whether the pool tells the driver where each lease begins and ends. */
  public boolean requestBoundaries() {
    return v.requestBoundaries;
  }

  /**
   * How many closed prepared statements each connection keeps open for the next use; 0 for none.
   */
  public int statementCacheSize() {
    return v.statementCacheSize;
  }

  /** Whether a pooler may run each transaction in another session. */
  public boolean transactionPooler() {
    return v.transactionPooler;
  }

  /** Warnings about valid but probably unintended settings, as sentences; usually empty. */
  public List<String> warnings() {
    return ConfigWarnings.of(this);
  }

  /** Shows every option, but no secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SluiceConfig{");
    for (Option option : Option.values()) {
      text.append(option.key()).append('=').append(shown(option)).append(", ");
    }
    // Only the names, because Sluice does not know which values are secrets.
    return text.append("driverProperties=")
        .append(new TreeSet<>(v.driverProperties.keySet()))
        .append('}')
        .toString();
  }

  private String shown(Option option) {
    return option == Option.URL && v.url != null
        ? displayUrl()
        : OptionValues.show(OptionValues.get(this, option));
  }

  /** Warnings about the sources. */
  List<String> notes() {
    return v.notes;
  }
}
