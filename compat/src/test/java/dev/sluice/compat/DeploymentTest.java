package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.compat.app.App;
import dev.sluice.compat.app.AppDriver;
import dev.sluice.compat.app.AppListener;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications in class loaders of their own, as servers start, stop and start them anew. */
class DeploymentTest {
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

  @TempDir static Path folder;

  private static List<Path> sluice;
  private static List<Path> application;
  private static List<Path> all;

  @BeforeAll
  static void makeTheJars() {
    Jars jars = new Jars(folder);
    sluice = List.of(jars.of(Pool.class), jars.of(SluiceDataSource.class));
    application =
        List.of(
            jars.of(JdbcConnection.class),
            jars.ofPackage(
                App.class,
                Map.of(Driver.class, AppDriver.class, PoolListener.class, AppListener.class)));
    all = List.of(sluice.get(0), sluice.get(1), application.get(0), application.get(1));
  }

  /** The loader of a web application: what it has itself goes before what its server has. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(List<Path> jars, ClassLoader parent) {
      super("web application", Jars.urls(jars), parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null && findResource(name.replace('.', '/') + ".class") != null) {
          loaded = findClass(name);
        }
        return loaded != null ? loaded : super.loadClass(name, resolve);
      }
    }
  }

  /** An application that runs; the test knows it by its loader and by types of the JDK's. */
  private static final class Deployed implements AutoCloseable {
    private final URLClassLoader loader;
    private final AutoCloseable app;

    Deployed(URLClassLoader loader, ClassLoader context, String driver) throws Exception {
      this.loader = loader;
      this.app =
          in(
              loader,
              context,
              () ->
                  Class.forName(App.class.getName(), true, loader)
                      .asSubclass(AutoCloseable.class)
                      .getConstructor(String.class)
                      .newInstance(driver));
    }

    Deployed(URLClassLoader loader, String driver) throws Exception {
      this(loader, loader, driver);
    }

    @SuppressWarnings("unchecked") // what the class says
    Map<String, String> sightings() throws Exception {
      return in(loader, loader, ((Supplier<Map<String, String>>) app)::get);
    }

    /** What was seen until now. */
    String seen() {
      return app.toString();
    }

    /** Stops it, as a server does: its threads end, and its drivers are forgotten. */
    @Override
    public void close() throws IOException {
      in(
          loader,
          loader,
          () -> {
            app.close();
            return "closed";
          });
      loader.close();
    }
  }

  /** Runs something of an application's on a thread of its own, in a group of its own. */
  private static <T> T in(ClassLoader loader, ClassLoader context, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        };
    ThreadGroup group = new ThreadGroup("group of " + loader.getName());
    Thread thread = new Thread(group, task, "thread of " + loader.getName());
    thread.setContextClassLoader(context);
    thread.start();
    return result.orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static URLClassLoader isolated() {
    return new URLClassLoader("isolated", Jars.urls(all), PLATFORM);
  }

  private static void allAtHome(Map<String, String> sightings) {
    assertThat(sightings)
        .containsKeys(
            "classifier",
            "credentials",
            "driver",
            "future",
            "listener.acquired",
            "listener.forPool",
            "listener.leaked",
            "listener.opened",
            "listener.queued",
            "listener.released",
            "service.opened",
            "validator")
        .allSatisfy((code, where) -> assertThat(where).as(code).isEqualTo("home"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dev.sluice.compat.app.AppDriver"})
  void knownBug32CodeRunsUnderTheLoaderOfItsApplication(String driver) throws Exception {
    try (Deployed app = new Deployed(isolated(), driver)) {
      allAtHome(app.sightings());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dev.sluice.compat.app.AppDriver"})
  void knownBug32DriverBesideSluiceIsFoundUnderAContextThatDoesNotKnowIt(String driver)
      throws Exception {
    try (Deployed app = new Deployed(isolated(), PLATFORM, driver)) {
      assertThat(app.sightings()).containsEntry("driver", "home");
    }
  }

  @Test
  void knownBug32CodeRunsUnderTheLoaderOfItsWebApplication() throws Exception {
    try (Deployed app =
        new Deployed(new ChildFirst(all, DeploymentTest.class.getClassLoader()), "")) {
      allAtHome(app.sightings());
    }
  }

  @Test
  void knownBug32WebApplicationThatWasStoppedIsUnloaded() throws Exception {
    WeakReference<ClassLoader> stopped =
        runAndStop(new ChildFirst(all, DeploymentTest.class.getClassLoader()));

    assertUnloaded(stopped);
  }

  @Test
  void knownBug32RedeployedApplicationIsUnloadedThoughAnotherSharesThePoolsJar() throws Exception {
    try (URLClassLoader server = new URLClassLoader("server", Jars.urls(sluice), PLATFORM)) {
      URLClassLoader first = new ChildFirst(application, server);
      Deployed redeployed = new Deployed(first, ""); // the keeper and all else begins with it
      WeakReference<ClassLoader> old = new WeakReference<>(first);
      try (Deployed stays = new Deployed(new ChildFirst(application, server), "")) {
        allAtHome(redeployed.sightings());
        allAtHome(stays.sightings());
        redeployed.close();
        redeployed = new Deployed(new ChildFirst(application, server), "");
        first = null;
        allAtHome(redeployed.sightings());

        assertUnloaded(old);
        allAtHome(stays.sightings());
      } finally {
        redeployed.close();
      }
    }
  }

  private static WeakReference<ClassLoader> runAndStop(URLClassLoader loader) throws Exception {
    Deployed app = new Deployed(loader, "");
    allAtHome(app.sightings());
    app.close();
    assertThat(app.seen())
        .contains("listener.evicted=home", "listener.closed=home", "listener.poolClosed=home")
        .doesNotContain(" with ");
    return new WeakReference<>(loader);
  }

  private static void assertUnloaded(WeakReference<ClassLoader> loader) throws IOException {
    Eventually.await(
        () -> {
          System.gc();
          return loader.get() == null;
        },
        "the application's loader is still held on to");
  }
}
