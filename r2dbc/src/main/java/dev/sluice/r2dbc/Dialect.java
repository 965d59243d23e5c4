package dev.sluice.r2dbc;

import dev.sluice.pool.sql.SqlEffect;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The particularities of a database: what its SQL leaves in a session, and how to undo that. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are those of List.of
enum Dialect {
  POSTGRESQL(
      List.of("RESET lock_timeout"),
      List.of("RESET statement_timeout"),
      List.of("SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "UNLISTEN *"),
      false),
  MARIADB(
      List.of("SET SESSION innodb_lock_wait_timeout = DEFAULT"),
      List.of("SET SESSION max_statement_time = DEFAULT"),
      null,
      true),
  MYSQL(
      List.of("SET SESSION innodb_lock_wait_timeout = DEFAULT"),
      List.of("SET SESSION max_execution_time = DEFAULT"),
      null,
      true),
  OTHER(List.of(), List.of(), null, false);

  /** What ends with the transaction on PostgreSQL, after {@code SET}. */
  private static final String[] OF_THE_TRANSACTION = {"LOCAL", "TRANSACTION", "CONSTRAINTS"};

  final List<String> lockTimeout;
  final List<String> statementTimeout;
  final @Nullable List<String> resetAll;

  /**
   * Whether it is MariaDB or MySQL. There SQL may change isolation and read-only mode without the
   * driver's notice, and one driver does not heed the options for timeouts.
   */
  final boolean isMySql;

  Dialect(
      List<String> lockTimeout,
      List<String> statementTimeout,
      @Nullable List<String> resetAll,
      boolean isMySql) {
    this.lockTimeout = lockTimeout;
    this.statementTimeout = statementTimeout;
    this.resetAll = resetAll;
    this.isMySql = isMySql;
  }

  /**
   * Finds the dialect by what the driver says of the server. A MySQL that a distribution has built
   * may have the distribution's name for its product, so the version and the driver count too.
   */
  static Dialect of(Connection raw) {
    ConnectionMetadata server = raw.getMetadata();
    return of(
        server.getDatabaseProductName(), server.getDatabaseVersion(), raw.getClass().getName());
  }

  static Dialect of(String... texts) {
    for (String text : texts) {
      String upper = text.toUpperCase(Locale.ROOT);
      for (Dialect dialect : values()) {
        if (upper.contains(dialect.name())) {
          return dialect;
        }
      }
    }
    return OTHER;
  }

  /** The statement that sets the session's isolation, and lets it write. */
  String transactions(IsolationLevel level) {
    return "SET SESSION TRANSACTION ISOLATION LEVEL " + level.asSql() + ", READ WRITE";
  }

  /** The changes that the text may make, as the bits of {@link PhysicalConnection}. */
  int effectOf(String sql) {
    int effect = SqlEffect.of(sql);
    int changes = 0;
    if ((effect & (SqlEffect.BEGINS | SqlEffect.MAY_BEGIN)) != 0) {
      changes |= PhysicalConnection.SQL_TRANSACTION;
    }
    if ((effect & SqlEffect.MAY_CHANGE) != 0 && !endsWithTransaction(sql)) {
      changes |= PhysicalConnection.SQL_SESSION;
    }
    return changes;
  }

  /**
   * Whether the text is one {@code SET LOCAL} or the like on PostgreSQL. On MySQL {@code LOCAL} is
   * another word for {@code SESSION}, and {@code SET TRANSACTION} holds for the next transaction.
   */
  private boolean endsWithTransaction(String sql) {
    int set = SqlEffect.start(sql, 0);
    return this == POSTGRESQL
        && sql.indexOf(';') < 0
        && SqlEffect.is(sql, set, "SET")
        && SqlEffect.isOneOf(sql, SqlEffect.start(sql, set + 3), OF_THE_TRANSACTION);
  }

  /** Sets the lock timeout by SQL, which takes whole seconds, and at least one. */
  static String lockTimeoutOfMySql(Duration timeout) {
    long seconds = Math.max(1, timeout.plusNanos(999_999_999).toSeconds());
    return "SET SESSION innodb_lock_wait_timeout = " + seconds;
  }
}
