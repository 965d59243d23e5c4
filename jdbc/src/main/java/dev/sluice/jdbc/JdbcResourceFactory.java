package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.config.UrlDisplay;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.ResourceFactory;
import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens, checks, cleans and closes the connections of a pool. */
final class JdbcResourceFactory implements ResourceFactory<PhysicalConnection> {
  private final FailoverPolicy.Others others;
  private final FailoverPolicy failover;
  private final ClassLoader context;
  private final HookCalls.First first = new HookCalls.First();
  private volatile Source source;

  /** One for the pool's whole life, across reconfigurations, because it holds the rate limits. */
  private final PoolWarnings warnings;

  /**
   * Looks for the driver; opens nothing yet.
   *
   * @param others the pool's other connections, which an event on one may affect
   * @throws SluiceConfigException if there is no driver for the configuration
   */
  JdbcResourceFactory(SluiceConfig config, FailoverPolicy.Others others) {
    this.context = Loaders.context(config);
    this.others = others;
    this.failover = new FailoverPolicy(others);
    this.warnings = new PoolWarnings("pool '".concat(config.pool().name()).concat("'"));
    this.source = source(config);
  }

  /**
   * Sets the configuration of connections opened from now on.
   *
   * @throws SluiceConfigException if there is no driver for it; then nothing changes
   */
  void reconfigure(SluiceConfig config) {
    source = source(config);
  }

  /** The context class loader for what is not the caller's own code. */
  ClassLoader context() {
    return context;
  }

  /** Opens a connection beside the pool, as the driver makes it; the caller closes it. */
  Connection openBeside(Duration timeout) throws Exception {
    return source.connect(timeout, others);
  }

  /** The hooks of the current configuration; null if there are none. */
  @Nullable HookCalls hooks() {
    return source.hooks;
  }

  /**
   * Checks whether {@link #reconfigure} would succeed.
   *
   * @throws SluiceConfigException if it would not
   */
  void requireDriver(SluiceConfig config) {
    Source unused = source(config);
  }

  /** Runs under the pool's context class loader, because it initializes a driver's class. */
  private Source source(SluiceConfig config) {
    ClassLoader before = Loaders.enter(context);
    try {
      String url = config.url();
      Driver driver = url == null ? null : Drivers.find(config, url, context);
      return new Source(config, driver, context, first);
    } finally {
      Loaders.enter(before);
    }
  }

  @Override
  public PhysicalConnection open(Duration timeout) throws Exception {
    Source from = source;
    Connection raw = from.connect(timeout, others);
    try {
      from.limitReads(raw, timeout);
      SessionPolicy terms = from.terms(raw, failover, warnings);
      terms.requireRole(raw);
      terms.apply(raw);
      terms.learnToClean(raw);
      terms.tryValidationQuery(raw);
      terms.lookForWritableServer(raw);
      from.limitReads(raw, Duration.ZERO);
      if (terms.hooks != null) {
        terms.hooks.firstConnect(raw, terms.dialect);
      }
      return new PhysicalConnection(raw, terms);
    } catch (Throwable e) {
      closeAfter(e, raw);
      throw e;
    }
  }

  static void closeAfter(Throwable failure, Connection raw) {
    try {
      raw.close();
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      AttributeStore.forget(raw);
    }
  }

  @Override
  public boolean validate(PhysicalConnection connection, ResourceInfo info, Duration timeout)
      throws SQLException {
    connection.running.inPoolsHands(true);
    source.askForLimits(connection, warnings);
    boolean valid = connection.terms.isValid(connection.raw, info, timeout);
    if (valid) {
      connection.endCheck();
    }
    connection.running.inPoolsHands(false); // not if it failed: there is nothing to cancel any more
    return valid;
  }

  /** To ask the server for its limits, once, on a worker and while nobody waits. */
  @Override
  public boolean wantsCheck() {
    return source.wantsLimits();
  }

  @Override
  public void reset(PhysicalConnection connection, ResourceInfo info) throws SQLException {
    connection.running.inPoolsHands(true);
    try {
      connection.reset(info);
      connection.running.inPoolsHands(false);
    } catch (SQLException | RuntimeException e) {
      if (connection.judgement.claimed().compareTo(Verdict.EVICT) > 0) { // and so it was
        failover.serverLost(connection.judgement.reason());
      }
      throw e;
    }
  }

  @Override
  public void close(PhysicalConnection connection) throws Exception {
    if (connection.running.wasCut()) {
      cancel(connection);
    }
    connection.running.inPoolsHands(true);
    if (connection.wasLeftByError()) {
      cutOff(connection); // close would wait for a lock that the Error left locked
    } else {
      close(connection.raw, connection.terms.hooks);
    }
  }

  private static void close(Connection raw, @Nullable HookCalls hooks) throws SQLException {
    try {
      if (hooks != null) {
        hooks.beforeClose(raw);
      }
    } finally {
      try {
        raw.close();
      } finally {
        AttributeStore.forget(raw);
      }
    }
  }

  /**
   * Asks the server to stop the running statement of a cut lease, and then ends the connection.
   * Otherwise the statement would run on at the server, uncounted, and keep its locks. If the
   * driver's {@code abort} does nothing, this method closes the connection. If the server does not
   * answer, the pool calls this method once more after {@code closeTimeout}, and then it does not
   * ask the server.
   */
  @Override
  public void abort(PhysicalConnection connection) throws Exception {
    try {
      cancel(connection);
    } finally {
      cutOff(connection);
    }
  }

  @Override
  public void abort(PhysicalConnection connection, CloseReason reason) throws Exception {
    if (reason == CloseReason.DEADLINE) {
      connection.running.overdue(); // first, since its borrower may wake by the cancellation
    }
    abort(connection);
  }

  private static void cutOff(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    AttributeStore.forget(raw);
    try {
      raw.abort(CallerRuns.INSTANCE);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      closeAfter(e, raw);
      if (DriverSupport.isMissing(e)) {
        return;
      }
      throw e;
    }
    if (!connection.terms.driver.isClosed(raw)) {
      raw.close();
    }
  }

  private void cancel(PhysicalConnection connection) throws Exception {
    if (connection.running.mayCancel()) {
      Dialect dialect = connection.terms.dialect;
      if (!dialect.cancel(connection.raw) && dialect == Dialect.MYSQL) {
        source.killQuery(ServerQuery.mysqlSessionId(connection.raw), others);
      }
    }
  }

  @Override
  public boolean isPermanent(Throwable openFailure) {
    return PermanentFailures.isPermanent(openFailure, source.dialect());
  }

  @Override
  public boolean outlivesHandle(PhysicalConnection connection) {
    return connection.hasEscaped();
  }

  @Override
  public String explain(Throwable openFailure) {
    return OpenFailureText.of(openFailure, source.place());
  }

  @Override
  public String noun() {
    return "connection";
  }

  @Override
  public String describe(PhysicalConnection connection) {
    return connection.describe();
  }

  /** One configuration, and what the pool has found out about it. */
  private static final class Source {
    private final SluiceConfig config;

    /** Null if there is a data source instead. */
    private final @Nullable Driver driver;

    private final ClassLoader context;
    private volatile @Nullable SessionPolicy terms;
    private final @Nullable ReadLimit readLimit;
    private final @Nullable HookCalls hooks;
    private volatile @Nullable Credentials lastUsed;
    private final AtomicBoolean limitsAsked = new AtomicBoolean();

    Source(
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
     * The read limit; null if the URL sets one, because the driver reads that itself and it cannot
     * be changed.
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

    /** Asks for the limits if that is due; the check that follows judges the connection. */
    void askForLimits(PhysicalConnection connection, PoolWarnings warnings) throws SQLException {
      if (wantsLimits() && limitsAsked.compareAndSet(false, true)) {
        String warning = ServerLimits.warning(connection, config);
        if (warning != null) {
          warnings.warn(warning, null);
        }
      }
    }

    /** Stops a query over a second session, which must be on the same server. */
    void killQuery(long session, FailoverPolicy.Others others) throws Exception {
      Duration limit = config.pool().closeTimeout();
      if (LoginLimit.of(Objects.requireNonNullElse(config.url(), ""), dialect(), limit).hosts()
          > 1) {
        return;
      }
      try (Connection second = connect(limit, others);
          Statement statement = second.createStatement()) {
        statement.execute("KILL QUERY " + session);
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
        closeAfter(e, raw);
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
      for (Map.Entry<String, String> ours :
          dialect.driverProperties(config.pool().name(), limit).entrySet()) {
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

    /** Whether the URL has a parameter. The pool does not override the user's parameters. */
    private static boolean isInUrl(String url, String name) {
      int at = url.indexOf(name + "=");
      return at > 0 && "?&;(".indexOf(url.charAt(at - 1)) >= 0;
    }
  }
}
