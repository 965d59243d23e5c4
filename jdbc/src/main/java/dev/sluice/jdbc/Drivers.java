package dev.sluice.jdbc;

import dev.sluice.jdbc.config.Printable;
import java.lang.reflect.InvocationTargetException;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a pool's driver while the pool is built: by the class that the configuration names,
 * otherwise by the URL. It searches first the context class loader, which has the application, and
 * then Sluice's own. If it finds no driver, it reports why existing drivers could not be used.
 */
final class Drivers {
  /** Bounds the cost of a broken list of services. */
  private static final int MOST = 100;

  private final SluiceConfig config;
  private final String url;
  private final Set<ClassLoader> loaders = new LinkedHashSet<>();

  /** Why existing drivers cannot be used, with the causes, but never with the URL. */
  private final Set<String> obstacles = new LinkedHashSet<>();

  private @Nullable Throwable cause;

  private Drivers(SluiceConfig config, String url, ClassLoader context) {
    this.config = config;
    this.url = url;
    loaders.add(context);
    loaders.add(Loaders.ofSluice());
  }

  /**
   * The driver for the configuration's URL.
   *
   * @throws SluiceConfigException if there is none that works, with every reason
   */
  static Driver find(SluiceConfig config, String url, ClassLoader context) {
    Drivers search = new Drivers(config, url, context);
    String named = config.driverClassName();
    return named == null ? search.byUrl() : search.byName(named);
  }

  // ---- by name

  private Driver byName(String className) {
    for (ClassLoader loader : loaders) {
      Driver driver = make(className, loader);
      if (driver != null) {
        return accepting(driver);
      }
    }
    throw failure("The driver " + className + " cannot be loaded");
  }

  private @Nullable Driver make(String className, ClassLoader loader) {
    try {
      Class<?> type = Class.forName(className, true, loader);
      return (Driver) type.getDeclaredConstructor().newInstance();
    } catch (InvocationTargetException e) {
      obstacle(e.getCause() == null ? e : e.getCause());
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      obstacle(e);
    }
    return null;
  }

  private Driver accepting(Driver driver) {
    if (!accepts(driver)) {
      throw failure(
          "The driver " + driver.getClass().getName() + " does not accept the URL " + shownUrl());
    }
    return driver;
  }

  // ---- by URL

  private Driver byUrl() {
    for (ClassLoader loader : loaders) {
      Driver driver = registered(loader);
      if (driver == null) {
        driver = service(loader);
      }
      if (driver != null) {
        return driver;
      }
    }
    throw failure(
        "No driver accepts the URL "
            + shownUrl()
            + "; add the driver's jar, or name its class with driverClassName");
  }

  /**
   * A driver registered with the driver manager, if this loader knows the same class by its name.
   */
  private @Nullable Driver registered(ClassLoader loader) {
    for (Enumeration<Driver> all = DriverManager.getDrivers(); all.hasMoreElements(); ) {
      Driver driver = all.nextElement();
      if (isOf(driver, loader) && accepts(driver)) {
        return driver;
      }
    }
    return null;
  }

  private static boolean isOf(Driver driver, ClassLoader loader) {
    try {
      return Class.forName(driver.getClass().getName(), false, loader).equals(driver.getClass());
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private @Nullable Driver service(ClassLoader loader) {
    Iterator<Driver> services = ServiceLoader.load(Driver.class, loader).iterator();
    for (int i = 0; i < MOST; i++) {
      try {
        if (!services.hasNext()) {
          break;
        }
        Driver driver = services.next();
        if (accepts(driver)) {
          return driver;
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        obstacle(e);
      }
    }
    return null;
  }

  private boolean accepts(Driver driver) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException | RuntimeException | LinkageError e) {
      // Only the class, because a driver's message about a URL may show a secret in it.
      obstacles.add(
          driver.getClass().getName() + " failed on the URL with " + e.getClass().getName());
      return false;
    }
  }

  // ---- messages

  private String shownUrl() {
    return config.displayUrl();
  }

  private SluiceConfigException failure(String what) {
    StringBuilder text = new StringBuilder(what).append(". Looked in ");
    String before = "";
    for (ClassLoader loader : loaders) {
      text.append(before).append(Loaders.name(loader));
      before = " and ";
    }
    for (String obstacle : obstacles) {
      text.append("; ").append(obstacle);
    }
    return cause == null
        ? new SluiceConfigException(text.toString())
        : new SluiceConfigException(text.toString(), cause);
  }

  /** Records a failure with its causes, because the innermost is often the one to fix. */
  private void obstacle(Throwable failure) {
    cause = cause == null ? failure : cause;
    StringBuilder text = new StringBuilder(Printable.whole(failure.toString()));
    Throwable deeper = failure.getCause();
    for (int i = 0; deeper != null && i < MOST; i++) {
      text.append(", caused by ").append(Printable.whole(deeper.toString()));
      deeper = deeper.getCause();
    }
    obstacles.add(text.toString());
  }
}
