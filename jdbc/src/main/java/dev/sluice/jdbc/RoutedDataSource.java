package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutedConnection.Route;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source over several hosts, which chooses one for each connection. Thread-safe. */
abstract class RoutedDataSource extends JdbcDataSource {
  final Routes routes;
  private final Route route;

  /** What reads must see; null for nothing. */
  final @Nullable WriteMark mark;

  RoutedDataSource(Routes routes, Route route, @Nullable WriteMark mark) {
    this.routes = routes;
    this.route = route;
    this.mark = mark;
  }

  @Override
  public Connection getConnection() throws SQLException {
    routes.requireOpen();
    return new RoutedConnection(routes, route, mark);
  }

  /**
   * As {@link #getConnection()}, for the configured user alone.
   *
   * @throws SQLFeatureNotSupportedException for another user, 0A000
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    if (routes.host(0).pool.isOwnLogin(user, password)) {
      return getConnection();
    }
    throw new SQLFeatureNotSupportedException(
        "routing '"
            + routes.config.name()
            + "' lends connections of the users that its pools are configured with",
        SqlStates.NOT_SUPPORTED);
  }

  @Override
  final Duration openTimeout() {
    return routes.config.acquireTimeout();
  }

  @Override
  final @Nullable DataSource wrapped() {
    return null;
  }

  @Override
  public String toString() {
    return "routing '" + routes.config.name() + "'";
  }

  /** One route of it. */
  static final class OneRoute extends RoutedDataSource {
    private final String shown;

    OneRoute(RoutedDataSource of, Route route, String shown) {
      super(of.routes, route, of.mark);
      this.shown = of + shown;
    }

    @Override
    public String toString() {
      return shown;
    }
  }
}
