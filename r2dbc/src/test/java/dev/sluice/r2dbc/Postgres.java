package dev.sluice.r2dbc;

import dev.sluice.testkit.TestDatabase;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Result;
import java.util.Objects;
import reactor.core.publisher.Flux;

/** Pools over the tests' PostgreSQL. */
final class Postgres {
  private Postgres() {}

  static ConnectionFactoryOptions options(TestDatabase database, int port) {
    return ConnectionFactoryOptions.builder()
        .option(ConnectionFactoryOptions.DRIVER, "postgresql")
        .option(ConnectionFactoryOptions.HOST, "localhost")
        .option(ConnectionFactoryOptions.PORT, port)
        .option(ConnectionFactoryOptions.DATABASE, database.name())
        .option(ConnectionFactoryOptions.USER, database.user())
        .option(ConnectionFactoryOptions.PASSWORD, database.password())
        .build();
  }

  static SluiceConnectionFactoryBuilder pool(TestDatabase database) {
    return SluiceConnectionFactory.builder(options(database, database.port())).minSize(0);
  }

  /** The first column of the first row. */
  static String query(Connection connection, String sql) {
    return Objects.requireNonNull(
        Flux.from(connection.createStatement(sql).execute())
            .concatMap(result -> result.map((row, meta) -> String.valueOf(row.get(0))))
            .blockLast());
  }

  static void run(Connection connection, String sql) {
    Flux.from(connection.createStatement(sql).execute())
        .concatMap(Result::getRowsUpdated)
        .blockLast();
  }
}
