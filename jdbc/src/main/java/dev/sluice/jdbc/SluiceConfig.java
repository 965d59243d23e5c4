package dev.sluice.jdbc;

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

  /** What is thought of a borrower who returns a connection in an open transaction. */
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
  private final @Nullable String url;
  private final @Nullable String user;
  private final @Nullable Secret password;
  private final Map<String, Secret> driverProperties;
  private final @Nullable DataSource dataSource;
  private final @Nullable String driverClassName;
  private final @Nullable Boolean autoCommit;
  private final @Nullable Boolean readOnly;
  private final @Nullable Integer transactionIsolation;
  private final @Nullable String catalog;
  private final @Nullable String schema;
  private final List<String> initSql;
  private final Duration queryTimeout;
  private final @Nullable String validationQuery;
  private final @Nullable ConnectionValidator validator;
  private final OnReturn onReturn;
  private final OpenTransaction openTransactionOnReturn;
  private final boolean restoreState;
  private final ResetPolicy resetPolicy;
  private final Role requiredRole;
  private final @Nullable CredentialsSource givenCredentials;
  private final CredentialsSource credentials;
  private final boolean retireOnCredentialChange;
  private final @Nullable ErrorClassifier errorClassifier;
  private final List<PoolListener> listeners;
  private final boolean shutdownHook;
  private final boolean strictClose;

  SluiceConfig(SluiceBuilder b, PoolConfig pool) {
    this.pool = pool;
    this.url = b.url;
    this.user = b.user;
    this.password = b.password;
    this.driverProperties = Map.copyOf(b.driverProperties);
    this.dataSource = b.dataSource;
    this.driverClassName = b.driverClassName;
    this.autoCommit = b.autoCommit;
    this.readOnly = b.readOnly;
    this.transactionIsolation = b.transactionIsolation;
    this.catalog = b.catalog;
    this.schema = b.schema;
    this.initSql = b.initSql;
    this.queryTimeout = b.queryTimeout;
    this.validationQuery = b.validationQuery;
    this.validator = b.validator;
    this.onReturn = b.onReturn;
    this.openTransactionOnReturn = b.openTransactionOnReturn;
    this.restoreState = b.restoreState;
    this.resetPolicy = b.resetPolicy;
    this.requiredRole = b.requiredRole;
    this.givenCredentials = b.credentials;
    this.credentials =
        b.credentials == null
            ? CredentialsSource.fixed(Credentials.of(b.user, b.password))
            : CachedCredentials.of(b.credentials, b.user);
    this.retireOnCredentialChange = b.retireOnCredentialChange;
    this.errorClassifier = b.errorClassifier;
    this.listeners = List.copyOf(b.listeners);
    this.shutdownHook = b.shutdownHook;
    this.strictClose = b.strictClose;
  }

  /** Starts from this configuration. */
  public SluiceBuilder toBuilder() {
    return new SluiceBuilder(this);
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
    return url;
  }

  /** The URL as it may be shown: without the user's name, a password, or any unknown value. */
  public String displayUrl() {
    return url == null ? "" : JdbcUrl.display(url);
  }

  /** The user, null to leave it to the URL or the driver. */
  public @Nullable String user() {
    return user;
  }

  /** The password, null if there is none. */
  public @Nullable Secret password() {
    return password;
  }

  /**
   * What is handed to the driver with the URL, by the driver's own names. All values are secrets by
   * type, because nobody knows every driver's names for them. Never has a {@code user} or {@code
   * password}.
   */
  public Map<String, Secret> driverProperties() {
    return driverProperties;
  }

  /** What opens connections instead of a URL, null if there is a {@link #url}. */
  public @Nullable DataSource dataSource() {
    return dataSource;
  }

  /** The driver's class, for drivers that do not announce themselves; null as a rule. */
  public @Nullable String driverClassName() {
    return driverClassName;
  }

  /** The auto-commit mode that every borrower finds; null: the driver's own. */
  public @Nullable Boolean autoCommit() {
    return autoCommit;
  }

  /** The read-only mode that every borrower finds; null: the driver's own. */
  public @Nullable Boolean readOnly() {
    return readOnly;
  }

  /**
   * The isolation that every borrower finds, a constant of {@link java.sql.Connection}; null: the
   * server's own.
   */
  public @Nullable Integer transactionIsolation() {
    return transactionIsolation;
  }

  /** The catalog that every borrower finds; null: the URL's. */
  public @Nullable String catalog() {
    return catalog;
  }

  /** The schema that every borrower finds; null: the server's own. */
  public @Nullable String schema() {
    return schema;
  }

  /** Statements run once on each new connection, in order. */
  public List<String> initSql() {
    return initSql;
  }

  /** The default limit for a statement, in whole seconds. Zero: none. */
  public Duration queryTimeout() {
    return queryTimeout;
  }

  /** The statement that checks a connection; null: {@link java.sql.Connection#isValid}. */
  public @Nullable String validationQuery() {
    return validationQuery;
  }

  /** What checks a connection in a way of its own; null: nothing does. */
  public @Nullable ConnectionValidator validator() {
    return validator;
  }

  /** What ends a transaction that is open when a connection comes back. */
  public OnReturn onReturn() {
    return onReturn;
  }

  /** What is thought of a borrower who returns a connection in an open transaction. */
  public OpenTransaction openTransactionOnReturn() {
    return openTransactionOnReturn;
  }

  /** Whether what a borrower changed (auto-commit, isolation, schema and so on) is put back. */
  public boolean restoreState() {
    return restoreState;
  }

  /** How thoroughly a connection is cleaned between two borrowers. */
  public ResetPolicy resetPolicy() {
    return resetPolicy;
  }

  /** What a server must be for its connections to be lent. */
  public Role requiredRole() {
    return requiredRole;
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
    return givenCredentials;
  }

  /** Whether connections opened under older credentials are replaced once new ones work. */
  public boolean retireOnCredentialChange() {
    return retireOnCredentialChange;
  }

  /** What judges exceptions before Sluice's own rules do; null: nothing. */
  public @Nullable ErrorClassifier errorClassifier() {
    return errorClassifier;
  }

  /** Who is told what happens in the pool. */
  public List<PoolListener> listeners() {
    return listeners;
  }

  /** Whether the pool is closed when the JVM shuts down. */
  public boolean shutdownHook() {
    return shutdownHook;
  }

  /** Whether a second close of a connection is logged, with the stacks of both. */
  public boolean strictClose() {
    return strictClose;
  }

  /** Doubts about settings that are legal but hardly meant, as sentences; empty as a rule. */
  public List<String> warnings() {
    return Sanity.warnings(this);
  }

  /** Shows every option, and no secret. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SluiceConfig{");
    for (Option<?> option : Options.ALL) {
      text.append(option.key()).append('=').append(shown(option)).append(", ");
    }
    // The names alone: what a driver takes for a secret, nobody knows.
    return text.append("driverProperties=")
        .append(new TreeSet<>(driverProperties.keySet()))
        .append('}')
        .toString();
  }

  private String shown(Option<?> option) {
    return option.key().equals("url") && url != null
        ? displayUrl()
        : Options.show(option.getter().apply(this));
  }
}
