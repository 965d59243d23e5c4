package dev.sluice.testkit;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.EmbeddedServerException;
import dev.sluice.embedded.MariaDbServer;
import dev.sluice.embedded.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Real databases for tests. A shared server starts when it is first asked for and ends with the
 * JVM; what may harm a server (stop, kill, freeze) belongs on a {@link #privatePostgres} of one's
 * own.
 *
 * <p>Safe for any thread; the first call of each kind blocks for a second or two.
 */
public final class Databases {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private Databases() {}

  private static final Shared POSTGRES = new Shared(() -> PostgresServer.start(Map.of()));
  private static final Shared MARIADB = new Shared(() -> MariaDbServer.start(Map.of()));

  /** Started at most once; a failure is kept and told to everyone who asks. */
  private static final class Shared {
    private final ReentrantLock lock = new ReentrantLock();
    private final Supplier<EmbeddedServer> starter;
    private @Nullable EmbeddedServer server;
    private @Nullable RuntimeException failure;

    Shared(Supplier<EmbeddedServer> starter) {
      this.starter = starter;
    }

    EmbeddedServer get() {
      lock.lock();
      try {
        if (failure != null) {
          throw new IllegalStateException(failure.getMessage(), failure);
        }
        EmbeddedServer running = server;
        if (running == null) {
          running = starter.get();
          server = running;
        }
        return running;
      } catch (EmbeddedServerException e) {
        failure = e;
        throw e;
      } finally {
        lock.unlock();
      }
    }
  }

  /** The shared PostgreSQL. */
  public static EmbeddedServer sharedPostgres() {
    return POSTGRES.get();
  }

  /** The shared MariaDB. */
  public static EmbeddedServer sharedMariaDb() {
    return MARIADB.get();
  }

  /** A new, empty database on the shared PostgreSQL; closing it drops it. */
  public static TestDatabase postgres() {
    return create(sharedPostgres(), " WITH (FORCE)");
  }

  /** A new, empty database on the shared MariaDB; closing it drops it. */
  public static TestDatabase mariaDb() {
    return create(sharedMariaDb(), "");
  }

  /** A new, empty H2 database in memory; closing it drops it. */
  public static TestDatabase h2() {
    String name = nextName();
    String url = "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
    execute(url, "sa", "", "SELECT 1"); // who comes first sets the password
    return new TestDatabase(name, url, "sa", "", () -> execute(url, "sa", "", "SHUTDOWN"));
  }

  /**
   * A new, empty database on the shared MariaDB, spoken to by MySQL's own driver; closing it drops
   * it.
   */
  public static TestDatabase mySql() {
    TestDatabase database = mariaDb();
    String url = database.url().replace("jdbc:mariadb:", "jdbc:mysql:") + "?sslMode=DISABLED";
    return new TestDatabase(
        database.name(), url, database.user(), database.password(), database::close);
  }

  /** A new, empty SQLite database in a file; closing it deletes the file. */
  public static TestDatabase sqlite() {
    return inFile("jdbc:sqlite:", ".sqlite");
  }

  /** A new, empty DuckDB database in a file; closing it deletes the file. */
  public static TestDatabase duckDb() {
    return inFile("jdbc:duckdb:", ".duckdb");
  }

  /** A PostgreSQL of one's own, with settings of {@code postgresql.conf}; to be closed. */
  public static EmbeddedServer privatePostgres(Map<String, String> settings) {
    return PostgresServer.start(settings);
  }

  /** A MariaDB of one's own, with options of the server; to be closed. */
  public static EmbeddedServer privateMariaDb(Map<String, String> settings) {
    return MariaDbServer.start(settings);
  }

  private static TestDatabase create(EmbeddedServer server, String dropOption) {
    String name = nextName();
    String admin = server.jdbcUrl();
    execute(admin, server.user(), server.password(), "CREATE DATABASE " + name);
    String drop = "DROP DATABASE IF EXISTS " + name + dropOption;
    return new TestDatabase(
        name,
        server.jdbcUrl(name),
        server.user(),
        server.password(),
        () -> execute(admin, server.user(), server.password(), drop));
  }

  private static TestDatabase inFile(String subprotocol, String extension) {
    String name = nextName();
    try {
      Path folder = Files.createTempDirectory("sluice-" + name);
      String url = subprotocol + folder.resolve(name + extension);
      return new TestDatabase(name, url, "", "", () -> delete(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder without folders in it: the database and what the engine laid beside it. */
  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nextName() {
    return "t" + NAMES.incrementAndGet();
  }

  private static void execute(String url, String user, String password, String sql) {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot run " + sql + " on " + url, e);
    }
  }
}
