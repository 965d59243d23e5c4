package dev.sluice.jdbc;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Supplier;

/** The databases and drivers that the build has. */
@SuppressWarnings("ImmutableEnumChecker") // the supplier is a method reference
enum RealDatabase {
  POSTGRESQL(Databases::postgres),
  MARIADB(Databases::mariaDb),

  /** MariaDB, by the driver of MySQL. */
  MYSQL(Databases::mySql),
  H2(Databases::h2),
  SQLITE(Databases::sqlite),
  DUCKDB(Databases::duckDb);

  private final Supplier<TestDatabase> maker;

  RealDatabase(Supplier<TestDatabase> maker) {
    this.maker = maker;
  }

  /** A new, empty database. */
  TestDatabase create() {
    return maker.get();
  }

  /** Whether it runs the server of MariaDB. */
  boolean isMariaDbServer() {
    return this == MARIADB || this == MYSQL;
  }

  /** A pool of one connection. */
  static SluiceBuilder pool(TestDatabase database) {
    SluiceBuilder builder =
        Sluice.dataSource(database.url())
            .name("contract")
            .minSize(0)
            .maxSize(1)
            .validateAfterIdle(Duration.ofMinutes(5));
    return database.user().isEmpty()
        ? builder
        : builder.user(database.user()).password(database.password());
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "no row";
    }
  }
}
