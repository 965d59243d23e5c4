package dev.sluice.jdbc;

import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The failures to connect that persist until somebody fixes the cause, such as a wrong password.
 */
final class PermanentFailures {
  private static final int CHAIN_MAX = 16;

  /** The login was refused: wrong password, unknown user, missing privilege. */
  private static final Map<Dialect, Set<Integer>> LOGIN_REFUSED =
      Map.of(
          Dialect.MYSQL, Set.of(1044, 1045, 1698, 1820, 1862, 3118, 3955),
          Dialect.MARIADB, Set.of(1044, 1045, 1698, 1820, 1862, 4151),
          Dialect.ORACLE, Set.of(1005, 1017, 1045, 28000, 28001),
          Dialect.SQLSERVER, Set.of(18452, 18456, 18470, 18486, 18487, 18488),
          Dialect.DB2, Set.of(-4214),
          Dialect.H2, Set.of(28000));

  /** The server has no such database, or the URL is invalid. */
  private static final Map<Dialect, Set<Integer>> NO_SUCH_DATABASE =
      Map.of(
          Dialect.MYSQL, Set.of(1049),
          Dialect.MARIADB, Set.of(1049),
          Dialect.SQLSERVER, Set.of(4060),
          Dialect.H2, Set.of(90011, 90013, 90046, 90113, 90146, 90149));

  private PermanentFailures() {}

  /**
   * Returns whether another attempt would fail in the same way. A broken-off handshake may succeed
   * the next time; a refused certificate will not.
   */
  static boolean isPermanent(@Nullable Throwable failure, Dialect dialect) {
    for (int i = 0; failure != null && i < CHAIN_MAX; i++, failure = failure.getCause()) {
      if (failure instanceof UnusableConfiguration
          || failure instanceof SQLFeatureNotSupportedException
          || failure instanceof CertificateException
          || (failure instanceof SetUpFailure statement && statement.isMistake())
          || (failure instanceof HookFailure hook && hook.isMistake())
          || (failure instanceof SQLException e && isPermanent(e, dialect))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPermanent(SQLException e, Dialect dialect) {
    return isLoginRefused(e, dialect)
        || "3D000".equals(e.getSQLState())
        || NO_SUCH_DATABASE.getOrDefault(dialect, Set.of()).contains(e.getErrorCode());
  }

  /** Returns whether other credentials might help. */
  static boolean isLoginRefused(SQLException e, Dialect dialect) {
    String state = e.getSQLState();
    return e instanceof SQLInvalidAuthorizationSpecException
        || (state != null && state.startsWith("28"))
        || LOGIN_REFUSED.getOrDefault(dialect, Set.of()).contains(e.getErrorCode());
  }
}
