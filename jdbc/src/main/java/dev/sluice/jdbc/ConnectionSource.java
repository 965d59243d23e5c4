package dev.sluice.jdbc;

import dev.sluice.jdbc.config.UrlDisplay;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One configuration: how to connect, and what the pool has found out about it. Thread-safe. */
final class ConnectionSource {
  private final SluiceConfig config;

  /** Null if there is a data source instead. */
  private final @Nullable Driver driver;

  private final ClassLoader context;
  private volatile @Nullable SessionPolicy terms;
  private final @Nullable ReadLimit readLimit;
  final @Nullable HookCalls hooks;
  private volatile @Nullable Credentials lastUsed;
  private final AtomicBoolean limitsAsked = new AtomicBoolean();
  private final AtomicBoolean poolerSought = new AtomicBoolean();

  ConnectionSource(
      SluiceConfig config, @Nullable Driver driver, ClassLoader context, HookCalls.First first) {
    this.config = config;
    this.driver = driver;
    this.context = context;
    this.readLimit = readLimit(config, dialect());
    this.hooks = HookCalls.of(config, context, first);
  }

  /** The location of the database, without secrets. */
  String place() {
    return config.url() == null ? "" : config.displayUrl();
  }

  boolean tellsRequests() {
    return config.requestBoundaries();
  }

  Dialect dialect() {
    SessionPolicy known = terms;
    if (known != null) {
      return known.dialect;
    }
    String url = config.url();
    return url == null ? Dialect.OTHER : Dialect.ofUrl(url);
  }

  /** The session policy. If the URL does not reveal the database, the first connection does. */
  SessionPolicy terms(Connection raw, FailoverPolicy failover, PoolWarnings warnings)
      throws SQLException {
    SessionPolicy known = terms;
    if (known == null) {
      Dialect dialect = dialect();
      if (dialect == Dialect.OTHER) {
        dialect = Dialect.ofProduct(DriverSupport.productName(raw));
      }
      if (config.resetPolicy().level() == ResetPolicy.Level.CLEAN && !dialect.cleans()) {
        throw new UnusableConfiguration(dialect.cannotClean(), null);
      }
      known = new SessionPolicy(config, dialect, failover, warnings, context, hooks);
      known.findOut(raw);
      terms = known;
    }
    return known;
  }

  /** Refuses to adopt a connection that cannot be cleaned as configured. */
  void requireMayAdopt() throws SQLException {
    SessionPolicy known = terms;
    if (config.resetPolicy().level() == ResetPolicy.Level.CLEAN
        && (known == null || !known.knowsHowToClean())) {
      throw Ownership.notAdopted(SessionPolicy.CANNOT_CLEAN_YET);
    }
  }

  /**
   * Limits how long the driver waits for an answer while the connection is set up; zero restores
   * the user's limit.
   */
  void limitReads(Connection raw, Duration limit) throws SQLException {
    if (readLimit != null) {
      readLimit.set(raw, limit);
    }
  }

  /**
   * The read limit; null if the URL sets one, because the driver reads that itself and it cannot be
   * changed.
   */
  private static @Nullable ReadLimit readLimit(SluiceConfig config, Dialect dialect) {
    String url = config.url();
    String name = Dialect.LOGIN_READ_TIMEOUT;
    return url == null || isInUrl(url.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))
        ? null
        : ReadLimit.of(dialect, config.driverProperties().get(name));
  }

  /** Whether the server can tell its limits and was not asked yet. */
  boolean wantsLimits() {
    return config.expectedInstances() > 0 && !limitsAsked.get() && dialect().tellsLimits();
  }

  /** Whether nobody has looked yet for a pooler on the way to the server. */
  boolean looksForPooler() {
    return !config.transactionPooler() && !poolerSought.get() && dialect() == Dialect.POSTGRESQL;
  }

  /** Asks the server what is due; the check that follows judges the connection. */
  void ask(PhysicalConnection connection, PoolWarnings warnings) throws SQLException {
    if (looksForPooler() && poolerSought.compareAndSet(false, true)) {
      String warning = PoolerSearch.warning(connection);
      if (warning != null) {
        warnings.warn(warning, null);
      }
    }
    if (wantsLimits() && limitsAsked.compareAndSet(false, true)) {
      String warning = ServerLimits.warning(connection, config);
      if (warning != null) {
        warnings.warn(warning, null);
      }
    }
  }

  /** Kills a QUERY or a CONNECTION over a second session, which must be on the same server. */
  void kill(String what, long session, FailoverPolicy.Others others) throws Exception {
    Duration limit = config.pool().closeTimeout();
    if (LoginLimit.of(Objects.requireNonNullElse(config.url(), ""), dialect(), limit).hosts() > 1) {
      return;
    }
    try (Connection second = connect(limit, others);
        Statement statement = second.createStatement()) {
      statement.execute("KILL " + what + " " + session);
    }
  }

  Connection connect(Duration timeout, FailoverPolicy.Others others) throws Exception {
    CredentialsSource asked = config.credentials();
    Credentials credentials = asked.get();
    Connection raw;
    try {
      raw = connect(timeout, credentials);
    } catch (SQLException e) {
      if (!PermanentFailures.isLoginRefused(e, dialect())) {
        throw e;
      }
      Credentials fresh = afterRefusal(asked, credentials, e);
      raw = connect(timeout, fresh);
      credentials = fresh;
    }
    try {
      noteUsed(credentials, others);
    } catch (Throwable e) {
      JdbcResourceFactory.closeAfter(e, raw);
      throw e;
    }
    return raw;
  }

  /** Asks the source once more, because the refused credentials may just have been replaced. */
  private static Credentials afterRefusal(
      CredentialsSource source, Credentials refused, SQLException refusal) throws SQLException {
    Credentials fresh;
    try {
      source.rejected(refused);
      fresh = source.get();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // a source that fails is no reason to tell anything but the refusal
      refusal.addSuppressed(e);
      throw refusal;
    }
    if (fresh.sameLogin(refused)) {
      throw refusal;
    }
    return fresh;
  }

  private void noteUsed(Credentials credentials, FailoverPolicy.Others others) {
    Credentials before = lastUsed;
    lastUsed = credentials;
    if (before != null && config.retireOnCredentialChange() && !before.sameLogin(credentials)) {
      others.replace("the credentials have changed");
    }
  }

  private Connection connect(Duration timeout, Credentials credentials) throws SQLException {
    String url = config.url();
    Properties properties =
        url == null ? login(credentials) : properties(url, credentials, timeout);
    if (hooks != null) {
      ConnectRequest request = hooks.beforeConnect(url, properties, timeout);
      url = request.url();
      properties = request.properties();
    }
    DataSource dataSource = config.dataSource();
    return dataSource != null
        ? connect(dataSource, properties)
        : connect(Objects.requireNonNull(url), properties);
  }

  private Connection connect(String url, Properties properties) throws SQLException {
    Connection raw = Objects.requireNonNull(driver).connect(url, properties);
    if (raw == null) {
      throw new UnusableConfiguration(
          "The driver does not accept the URL " + UrlDisplay.display(url), null);
    }
    return raw;
  }

  private static Connection connect(DataSource dataSource, Properties login) throws SQLException {
    String user = login.getProperty("user");
    String password = login.getProperty("password");
    return user == null && password == null
        ? dataSource.getConnection()
        : dataSource.getConnection(user, password);
  }

  private static Properties login(Credentials credentials) {
    Properties login = new Properties();
    addLogin(credentials, login);
    return login;
  }

  private static void addLogin(Credentials credentials, Properties properties) {
    if (credentials.user() != null) {
      properties.setProperty("user", credentials.user());
    }
    if (credentials.password() != null) {
      properties.setProperty("password", credentials.password().reveal());
    }
  }

  private Properties properties(String url, Credentials credentials, Duration timeout) {
    Properties properties = new Properties();
    String urlInLowerCase = url.toLowerCase(Locale.ROOT);
    Dialect dialect = dialect();
    LoginLimit limit = LoginLimit.of(url, dialect, timeout);
    for (Map.Entry<String, String> ours : defaults(dialect, limit).entrySet()) {
      if (!isInUrl(urlInLowerCase, ours.getKey().toLowerCase(Locale.ROOT))) {
        properties.setProperty(ours.getKey(), ours.getValue());
      }
    }
    for (Map.Entry<String, Secret> chosen : config.driverProperties().entrySet()) {
      properties.put(chosen.getKey(), chosen.getValue().revealObject());
    }
    if (readLimit != null) {
      readLimit.shortenLogin(properties, limit);
    }
    addLogin(credentials, properties);
    return properties;
  }

  /** The driver properties that hold unless the user sets them. */
  private Map<String, String> defaults(Dialect dialect, LoginLimit limit) {
    Map<String, String> ours = dialect.driverProperties(config.pool().name(), limit);
    if (!config.transactionPooler() || dialect != Dialect.POSTGRESQL) {
      return ours;
    }
    Map<String, String> more = new HashMap<>(ours);
    more.put("prepareThreshold", "0"); // a named statement stays in its session
    return more;
  }

  /** Whether the URL has a parameter. The pool does not override the user's parameters. */
  private static boolean isInUrl(String url, String name) {
    int at = url.indexOf(name + "=");
    return at > 0 && "?&;(".indexOf(url.charAt(at - 1)) >= 0;
  }
}
