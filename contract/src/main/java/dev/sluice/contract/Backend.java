package dev.sluice.contract;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.FakeDriver;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database behind the pool under test; to be closed. */
public final class Backend implements AutoCloseable {
  private final String driverClass;
  private final String url;
  private final String user;
  private final String password;
  private final @Nullable FakeDatabase fake;
  private final Runnable drop;

  private Backend(
      String driverClass,
      String url,
      String user,
      String password,
      @Nullable FakeDatabase fake,
      Runnable drop) {
    this.driverClass = driverClass;
    this.url = url;
    this.user = user;
    this.password = password;
    this.fake = fake;
    this.drop = drop;
  }

  /** A new fake database, which is all in this JVM and does as it is told. */
  public static Backend fake() {
    return of(FakeDatabase.create());
  }

  /** That fake database. */
  public static Backend of(FakeDatabase fake) {
    return new Backend(FakeDriver.class.getName(), fake.url(), "app", "secret", fake, fake::close);
  }

  /** A new H2 database in memory. */
  public static Backend h2() {
    return real("org.h2.Driver", Databases.h2());
  }

  /** A new database on this JVM's PostgreSQL. */
  public static Backend postgres() {
    return real("org.postgresql.Driver", Databases.postgres());
  }

  /** A new database on this JVM's MariaDB. */
  public static Backend mariaDb() {
    return real("org.mariadb.jdbc.Driver", Databases.mariaDb());
  }

  /** A new database on this JVM's MariaDB, spoken to by MySQL's driver. */
  public static Backend mySql() {
    return real("com.mysql.cj.jdbc.Driver", Databases.mySql());
  }

  /** A new SQLite database in a file. */
  public static Backend sqlite() {
    return real("org.sqlite.JDBC", Databases.sqlite());
  }

  /** A new DuckDB database in a file. */
  public static Backend duckDb() {
    return real("org.duckdb.DuckDBDriver", Databases.duckDb());
  }

  private static Backend real(String driver, TestDatabase database) {
    return new Backend(
        driver, database.url(), database.user(), database.password(), null, database::close);
  }

  String driverClass() {
    return driverClass;
  }

  String url() {
    return url;
  }

  String user() {
    return user;
  }

  String password() {
    return password;
  }

  /** Whether it is the fake. */
  boolean isFake() {
    return fake != null;
  }

  /** The fake database. */
  FakeDatabase asFake() {
    if (fake == null) {
      throw new IllegalStateException(url + " is a real database");
    }
    return fake;
  }

  /** Opens a connection past the pool. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  @Override
  public void close() {
    drop.run();
  }

  @Override
  public String toString() {
    return url;
  }
}
