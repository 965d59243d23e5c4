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
 * How a {@link SluiceDataSource} reaches its database and treats its connections: immutable,
 * complete, and checked as a whole when it is built. Thread-safe. {@link #toString} shows every
 * option and no secret.
 */
public final class SluiceConfig {
  /** What ends a transaction that is open when a connection comes back. */
  public enum OnReturn {
    /** It is rolled back. */
    ROLLBACK,
    /** It is committed. */
    COMMIT,
    /** Nothing is done; for drivers and middleware that see to it themselves. */
    NONE
  }

  /** What to do about a borrower who returns a connection in an open transaction. */
  public enum OpenTransaction {
    /** It is quietly ended as {@link OnReturn} says. */
    ROLLBACK,
    /** It is ended likewise, and a warning is logged, at most one per second. */
    WARN,
    /** The connection is closed. */
    DISCARD
  }

  /** What a server must be. */
  public enum Role {
    /** Anything. */
    ANY,
    /** One that accepts writes. */
    PRIMARY
  }

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

  /** Starts from this configuration. */
  public SluiceBuilder toBuilder() {
    return new SluiceBuilder(v.copy(), pool);
  }

  /** How the pool behaves: sizes, timeouts, checks. */
  public PoolConfig pool() {
    return pool;
  }

  /**
   * The JDBC URL for the driver, null if there is a {@link #dataSource}. Passwords were taken out
   * of it where its form is known; for messages use {@link #displayUrl}.
   */
  public @Nullable String url() {
    return v.url;
  }

  /** The URL as it may be shown: without the user's name, a password, or any unknown value. */
  public String displayUrl() {
    return v.url == null ? "" : UrlDisplay.display(v.url);
  }

  /** The user, null to leave it to the URL or the driver. */
  public @Nullable String user() {
    return v.user;
  }

  /** The password, null if there is none. */
  public @Nullable Secret password() {
    return v.password;
  }

  /**
   * What is handed to the driver with the URL, by the driver's own names. All values are secrets by
   * type, because nobody knows every driver's names for them. Never has a {@code user} or {@code
   * password}.
   */
  public Map<String, Secret> driverProperties() {
    return v.driverProperties;
  }

  /** What opens connections instead of a URL, null if there is a {@link #url}. */
  public @Nullable DataSource dataSource() {
    return v.dataSource;
  }

  /** The driver's class, for drivers that do not announce themselves; null as a rule. */
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
   * The isolation that every borrower finds, a constant of {@link java.sql.Connection}; null: the
   * server's own.
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

  /** Code of the user's that runs in a connection's life; null: none. */
  public @Nullable ConnectionHooks hooks() {
    return v.hooks;
  }

  /** How long the hooks {@code firstConnect} and {@code onConnect} may take, each. */
  public Duration hookTimeout() {
    return v.hookTimeout;
  }

  /** The default limit for a statement, in whole seconds. Zero: none. */
  public Duration queryTimeout() {
    return v.queryTimeout;
  }

  /** The statement that checks a connection; null: {@link java.sql.Connection#isValid}. */
  public @Nullable String validationQuery() {
    return v.validationQuery;
  }

  /** What checks a connection in a way of its own; null: nothing does. */
  public @Nullable ConnectionValidator validator() {
    return v.validator;
  }

  /** What ends a transaction that is open when a connection comes back. */
  public OnReturn onReturn() {
    return v.onReturn;
  }

  /** What to do about a borrower who returns a connection in an open transaction. */
  public OpenTransaction openTransactionOnReturn() {
    return v.openTransactionOnReturn;
  }

  /** Whether what a borrower changed (auto-commit, isolation, schema and so on) is put back. */
  public boolean restoreState() {
    return v.restoreState;
  }

  /** How thoroughly a connection is cleaned between two borrowers. */
  public ResetPolicy resetPolicy() {
    return v.resetPolicy;
  }

  /** What a server must be for its connections to be lent. */
  public Role requiredRole() {
    return v.requiredRole;
  }

  /**
   * Who to log in as, asked for each connection. The fixed {@link #user} and {@link #password} if
   * no source was given, else that source behind a cache.
   */
  public CredentialsSource credentials() {
    return credentials;
  }

  /** The source as it was given, null if none was. */
  @Nullable CredentialsSource givenCredentials() {
    return v.credentials;
  }

  /** Whether connections opened under older credentials are replaced once new ones work. */
  public boolean retireOnCredentialChange() {
    return v.retireOnCredentialChange;
  }

  /** What judges exceptions before Sluice's own rules do; null: nothing. */
  public @Nullable ErrorClassifier errorClassifier() {
    return v.errorClassifier;
  }

  /** Who is told what happens in the pool. */
  public List<PoolListener> listeners() {
    return v.listeners;
  }

  /** For how long {@code FAIL_FAST} tries again; zero for one attempt. */
  public Duration startRetry() {
    return v.startRetry;
  }

  /** Whether the pool is closed when the JVM shuts down. */
  public boolean shutdownHook() {
    return v.shutdownHook;
  }

  /** Whether a second close of a connection is logged, with the stacks of both. */
  public boolean strictClose() {
    return v.strictClose;
  }

  /** Warnings about valid but probably unintended settings, as sentences; empty as a rule. */
  public List<String> warnings() {
    return ConfigWarnings.of(this);
  }

  /** Shows every option, and no secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SluiceConfig{");
    for (Option option : Option.values()) {
      text.append(option.key()).append('=').append(shown(option)).append(", ");
    }
    // The names alone: what a driver takes for a secret, nobody knows.
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

  /** What the sources said that is worth a warning. */
  List<String> notes() {
    return v.notes;
  }
}
