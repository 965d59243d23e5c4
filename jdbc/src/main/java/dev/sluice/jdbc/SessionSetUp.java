package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Sets up new connections as configured, and finds out whether the driver can do so. */
final class SessionSetUp {
  private final SluiceConfig config;
  private final Dialect dialect;
  private final DriverSupport driver;

  SessionSetUp(SluiceConfig config, Dialect dialect, DriverSupport driver) {
    this.config = config;
    this.dialect = dialect;
    this.driver = driver;
  }

  /**
   * Finds out, on the first connection, what the driver lacks.
   *
   * @throws UnusableConfiguration if the configuration needs a missing method
   */
  void findOut(Connection raw) throws SQLException {
    if (config.validator() == null
        && config.validationQuery() == null
        && config.requiredRole() != SluiceConfig.Role.PRIMARY) {
      driver.findCheck(
          raw, dialect, Math.max(1, SessionPolicy.wholeSeconds(config.pool().validationTimeout())));
      driver.endOwnTransaction(raw);
    }
    int queryTimeoutSeconds = SessionPolicy.wholeSeconds(config.queryTimeout());
    if (queryTimeoutSeconds != 0) {
      try (Statement statement = raw.createStatement()) {
        statement.setQueryTimeout(queryTimeoutSeconds);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("queryTimeout", "setQueryTimeout", raw, e);
      }
    }
  }

  /** Applies the options, after {@code initSql} has run. */
  void apply(Connection raw) throws SQLException {
    applyNames(raw);
    driver.endOwnTransaction(raw);
    Integer isolation = config.transactionIsolation();
    if (isolation != null) {
      try {
        raw.setTransactionIsolation(isolation);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("transactionIsolation", "setTransactionIsolation", raw, e);
      }
    }
    Boolean readOnly = config.readOnly();
    if (readOnly != null) {
      try {
        raw.setReadOnly(readOnly);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("readOnly", "setReadOnly", raw, e);
      }
    }
    Boolean autoCommit = config.autoCommit();
    if (autoCommit != null && driver.getAutoCommit(raw) != autoCommit) {
      try {
        raw.setAutoCommit(autoCommit);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("autoCommit", "setAutoCommit", raw, e);
      }
    }
    driver.clearWarnings(raw);
  }

  private void applyNames(Connection raw) throws SQLException {
    String catalog = config.catalog();
    if (catalog != null) {
      try {
        raw.setCatalog(catalog);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("catalog", "setCatalog", raw, e);
      }
    }
    String schema = config.schema();
    if (schema != null) {
      try {
        raw.setSchema(schema);
      } catch (SQLException | RuntimeException | Error e) {
        throw refused("schema", "setSchema", raw, e);
      }
    }
  }

  /** The exception for a missing method, which names the option that needs it. It is permanent. */
  private static SQLException refused(String option, String method, Connection raw, Throwable e) {
    if (DriverSupport.isMissing(e)) {
      return new UnusableConfiguration(
          "The option "
              + option
              + " cannot be kept: the driver "
              + raw.getClass().getName()
              + " does not support "
              + method
              + "; remove the option, or do the same with initSql",
          e);
    }
    if (e instanceof SQLException failure) {
      return failure;
    }
    if (e instanceof RuntimeException failure) {
      throw failure;
    }
    throw (Error) e;
  }
}
