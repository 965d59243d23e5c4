package dev.sluice.compat.app;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolListener;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An application with code of its own wherever a pool calls some. Tests reach it by JDK types
 * alone, since it may live in a loader that is not theirs.
 */
public final class App implements Supplier<Map<String, String>>, AutoCloseable {
  private final Sightings sightings;
  private final SluiceDataSource ds;
  private final CompletableFuture<Void> leaked = new CompletableFuture<>();
  private volatile boolean tellsOfItsEnd;

  /**
   * Builds its pool.
   *
   * @param driver the driver's class, empty to have it found by the URL
   */
  public App(String driver) {
    this(driver, false);
  }

  private App(String driver, boolean hook) {
    sightings = new Sightings(Thread.currentThread().getContextClassLoader());
    AppDriver.noteIn(sightings);
    AppListener.noteIn(sightings);
    ds = pool(driver).shutdownHook(hook).build();
  }

  private SluiceBuilder pool(String driver) {
    return Sluice.dataSource(AppDriver.PREFIX + "db" + System.identityHashCode(this))
        .name("app")
        .driverClassName(driver.isEmpty() ? null : driver)
        .maxSize(1)
        .credentials(
            () -> {
              sightings.note("credentials");
              return Credentials.of("sa", null);
            })
        .validateAfterIdle(Duration.ZERO)
        .validator(
            (connection, info, timeout) -> {
              sightings.note("validator");
              return true;
            })
        .errorClassifier(
            error -> {
              sightings.note("classifier");
              return null;
            })
        .leakThreshold(Duration.ofMillis(50))
        .listener(listener());
  }

  /** A listener that notes every event. */
  private PoolListener listener() {
    return (PoolListener)
        Proxy.newProxyInstance(
            App.class.getClassLoader(),
            new Class<?>[] {PoolListener.class},
            (proxy, method, arguments) -> {
              sightings.note("listener." + method.getName());
              if (method.getName().equals("leaked")) {
                leaked.complete(null);
              }
              if (method.getName().equals("poolClosed") && tellsOfItsEnd) {
                System.out.println("at the end: " + sightings.seen().get("listener.poolClosed"));
              }
              return method.getReturnType().equals(PoolListener.class) ? proxy : null;
            });
  }

  /** Has all of its code called, from threads of several kinds; says where it ran. */
  @Override
  public Map<String, String> get() {
    try {
      use();
      Thread stranger = new Thread(this::useQuietly, "stranger");
      stranger.setContextClassLoader(ClassLoader.getPlatformClassLoader());
      stranger.start();
      stranger.join();
      return sightings.seen();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void useQuietly() {
    try {
      use();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void use() throws Exception {
    CompletableFuture<Void> served = new CompletableFuture<>();
    try (Connection connection = ds.getConnection();
        Statement statement = connection.createStatement()) {
      var unused =
          ds.getConnectionAsync(AcquireOptions.DEFAULT)
              .thenAccept(
                  next -> {
                    sightings.note("future");
                    close(next);
                    served.complete(null);
                  });
      fail(statement);
      leaked.get(30, TimeUnit.SECONDS);
    }
    served.get(30, TimeUnit.SECONDS);
  }

  private static void fail(Statement statement) {
    try {
      statement.execute("no such statement");
      throw new IllegalStateException("the statement should have failed");
    } catch (SQLException expected) {
      // which the classifier has seen
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was seen until now. */
  @Override
  public String toString() {
    return sightings.seen().toString();
  }

  /** Closes its pool, and takes its drivers from the JVM's list, as servers do for theirs. */
  @Override
  public void close() throws SQLException {
    ds.close();
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (App.class.getClassLoader().equals(driver.getClass().getClassLoader())) {
        DriverManager.deregisterDriver(driver);
      }
    }
  }

  /** Leaves the pool to its hook, and says where everything ran. */
  public static void main(String[] arguments) {
    @SuppressWarnings("resource") // closed by its hook, which is what the test wants to see
    App app = new App(arguments.length > 0 ? arguments[0] : "", true);
    app.get().forEach((code, where) -> System.out.println(code + ": " + where));
    app.tellsOfItsEnd = true;
    System.out.println("loader: " + App.class.getClassLoader().getClass().getSimpleName());
  }
}
