package dev.sluice.jdbc;

import dev.sluice.pool.ResourceFactory;
import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Opens, checks, cleans and closes the connections of a pool. */
final class JdbcResourceFactory implements ResourceFactory<PhysicalConnection> {
  private final Runnable credentialsChanged;
  private volatile Source source;

  /**
   * Prepares to open connections; opens none and looks for no driver yet.
   *
   * @param credentialsChanged is run when connections begin to be opened with other credentials
   */
  JdbcResourceFactory(SluiceConfig config, Runnable credentialsChanged) {
    this.source = new Source(config);
    this.credentialsChanged = credentialsChanged;
  }

  /** What connections opened from now on are made of. */
  void reconfigure(SluiceConfig config) {
    source = new Source(config);
  }

  @Override
  public PhysicalConnection open(Duration timeout) throws Exception {
    Source from = source;
    Connection raw = from.connect(timeout, credentialsChanged);
    try {
      ConnectionTerms terms = from.terms(raw);
      terms.requireRole(raw);
      terms.apply(raw);
      return new PhysicalConnection(raw, terms);
    } catch (Throwable e) {
      closeAfter(e, raw);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, Connection raw) {
    try {
      raw.close();
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public boolean validate(PhysicalConnection connection, ResourceInfo info, Duration timeout)
      throws SQLException {
    boolean valid = connection.terms.isValid(connection.raw, info, timeout);
    if (valid) {
      connection.endCheck();
    }
    return valid;
  }

  @Override
  public void reset(PhysicalConnection connection, ResourceInfo info) throws SQLException {
    connection.reset(info);
  }

  @Override
  public void close(PhysicalConnection connection) throws SQLException {
    connection.raw.close();
  }

  /** Drivers whose {@code abort} does nothing at least close. */
  @Override
  public void abort(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    raw.abort(Runnable::run);
    if (!raw.isClosed()) {
      raw.close();
    }
  }

  @Override
  public boolean isPermanent(Throwable openFailure) {
    return PermanentFailures.isPermanent(openFailure, source.dialect());
  }

  @Override
  public String noun() {
    return "connection";
  }

  @Override
  public String describe(PhysicalConnection connection) {
    return connection.describe();
  }

  /** One configuration, and what was found out about it. */
  private static final class Source {
    private final SluiceConfig config;
    private volatile @Nullable Driver driver;
    private volatile @Nullable ConnectionTerms terms;
    private volatile @Nullable Credentials lastUsed;

    Source(SluiceConfig config) {
      this.config = config;
    }

    Dialect dialect() {
      ConnectionTerms known = terms;
      if (known != null) {
        return known.dialect;
      }
      String url = config.url();
      return url == null ? Dialect.OTHER : Dialect.ofUrl(url);
    }

    /** The terms, found with the first connection where the URL does not tell the database. */
    ConnectionTerms terms(Connection raw) throws SQLException {
      ConnectionTerms known = terms;
      if (known == null) {
        Dialect dialect = dialect();
        if (dialect == Dialect.OTHER) {
          dialect = Dialect.ofProduct(raw.getMetaData().getDatabaseProductName());
        }
        if (config.resetPolicy().level() == ResetPolicy.Level.CLEAN && !dialect.cleans()) {
          throw new UnusableConfiguration(dialect.cannotClean(), null);
        }
        known = new ConnectionTerms(config, dialect);
        terms = known;
      }
      return known;
    }

    Connection connect(Duration timeout, Runnable credentialsChanged) throws Exception {
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
        noteUsed(credentials, credentialsChanged);
      } catch (Throwable e) {
        closeAfter(e, raw);
        throw e;
      }
      return raw;
    }

    /** Asks once more, since what was refused may have been replaced a moment ago. */
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

    private void noteUsed(Credentials credentials, Runnable credentialsChanged) {
      Credentials before = lastUsed;
      lastUsed = credentials;
      if (before != null && config.retireOnCredentialChange() && !before.sameLogin(credentials)) {
        credentialsChanged.run();
      }
    }

    private Connection connect(Duration timeout, Credentials credentials) throws SQLException {
      DataSource dataSource = config.dataSource();
      if (dataSource != null) {
        return connect(dataSource, credentials);
      }
      String url = Objects.requireNonNull(config.url());
      Connection raw = driver(url).connect(url, properties(url, credentials, timeout));
      if (raw == null) {
        throw new UnusableConfiguration(
            "The driver does not accept the URL " + config.displayUrl(), null);
      }
      return raw;
    }

    private static Connection connect(DataSource dataSource, Credentials credentials)
        throws SQLException {
      String user = credentials.user();
      Secret password = credentials.password();
      return user == null && password == null
          ? dataSource.getConnection()
          : dataSource.getConnection(user, password == null ? null : password.reveal());
    }

    private Properties properties(String url, Credentials credentials, Duration timeout) {
      Properties properties = new Properties();
      String urlInLowerCase = url.toLowerCase(Locale.ROOT);
      Map<String, String> ours = dialect().driverProperties(config.pool().name(), timeout);
      ours.forEach(
          (name, value) -> {
            if (!isInUrl(urlInLowerCase, name.toLowerCase(Locale.ROOT))) {
              properties.setProperty(name, value);
            }
          });
      config.driverProperties().forEach((name, v) -> properties.setProperty(name, v.reveal()));
      if (credentials.user() != null) {
        properties.setProperty("user", credentials.user());
      }
      if (credentials.password() != null) {
        properties.setProperty("password", credentials.password().reveal());
      }
      return properties;
    }

    /** Whether the URL has a parameter; what the user says there is not overruled. */
    private static boolean isInUrl(String url, String name) {
      int at = url.indexOf(name + "=");
      return at > 0 && "?&;(".indexOf(url.charAt(at - 1)) >= 0;
    }

    private Driver driver(String url) throws SQLException {
      Driver found = driver;
      if (found == null) {
        found =
            config.driverClassName() == null ? registered(url) : named(config.driverClassName());
        driver = found;
      }
      return found;
    }

    private Driver registered(String url) throws SQLException {
      try {
        return DriverManager.getDriver(url);
      } catch (SQLException e) {
        throw new UnusableConfiguration(
            "No driver on the class path accepts the URL "
                + config.displayUrl()
                + "; add the driver's jar, or name its class with driverClassName",
            e);
      }
    }

    private static Driver named(String className) throws SQLException {
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      ClassLoader loader = context != null ? context : JdbcResourceFactory.class.getClassLoader();
      try {
        Class<?> type = Class.forName(className, true, loader);
        return (Driver) type.getDeclaredConstructor().newInstance();
      } catch (ReflectiveOperationException | ClassCastException e) {
        throw new UnusableConfiguration("The driver " + className + " cannot be made", e);
      }
    }
  }
}
