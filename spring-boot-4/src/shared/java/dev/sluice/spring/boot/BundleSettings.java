package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceBuilder;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/** Applies the SSL bundle that {@code sluice.ssl.bundle} names, to PostgreSQL's driver. */
final class BundleSettings {
  private static final AtomicLong KEYS = new AtomicLong();

  private BundleSettings() {}

  /**
   * Applies the bundle, if one is named. The server's name is verified unless the URL or a driver
   * property says otherwise. A bundle that is reloaded counts for new connections.
   *
   * @param url the URL that the pool gets
   */
  static void applyTo(
      SluiceBuilder builder,
      Environment environment,
      String prefix,
      String url,
      ListableBeanFactory beans) {
    String name = environment.getProperty(prefix + ".ssl.bundle", "");
    if (name.isBlank()) {
      return;
    }
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          prefix
              + ".ssl.bundle works with PostgreSQL's driver; for another one set its own properties"
              + " under "
              + prefix
              + ".driver");
    }
    SslBundles bundles = beans.getBean(SslBundles.class);
    String key = name + "-" + KEYS.incrementAndGet();
    BundleSocketFactory.use(key, bundles.getBundle(name));
    bundles.addBundleUpdateHandler(name, bundle -> BundleSocketFactory.use(key, bundle));
    builder
        .driverProperty("sslmode", "verify-full")
        .driverProperty("sslfactory", BundleSocketFactory.class.getName())
        .driverProperty(BundleSocketFactory.KEY, key);
  }
}
