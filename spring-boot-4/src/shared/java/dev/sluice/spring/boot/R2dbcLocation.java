package dev.sluice.spring.boot;

import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.r2dbc.ConnectionFactoryBuilder;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.boot.r2dbc.EmbeddedDatabaseConnection;
import org.springframework.core.env.Environment;

/**
 * Where the reactive database is: what a service connection, {@code spring.r2dbc.url} or the
 * application's own bean describes, else an embedded database.
 */
final class R2dbcLocation {
  private R2dbcLocation() {}

  /**
   * The options of the pool and its driver.
   *
   * @throws IllegalStateException if nothing says where the database is
   */
  static ConnectionFactoryOptions of(
      ListableBeanFactory beans, Environment environment, @Nullable ClassLoader loader) {
    Optional<ConnectionFactoryOptions> described = BootR2dbc.details(beans);
    return described.isPresent()
        ? described.get()
        : embedded(environment, BootR2dbc.databaseName(beans), loader);
  }

  private static ConnectionFactoryOptions embedded(
      Environment environment, @Nullable String name, @Nullable ClassLoader loader) {
    String url =
        EmbeddedDatabaseConnection.get(loader)
            .getUrl(name == null || name.isEmpty() ? "testdb" : name);
    if (url == null) {
      throw new IllegalStateException(
          "The reactive connection pool has no database. Set "
              + R2dbcKeys.URL
              + ", for example to r2dbc:postgresql://localhost/orders.");
    }
    ConnectionFactoryOptions.Builder options = ConnectionFactoryOptions.parse(url).mutate();
    options.option(ConnectionFactoryOptions.USER, text(environment, "username", "sa"));
    String password = text(environment, "password", "");
    if (!password.isEmpty()) {
      options.option(ConnectionFactoryOptions.PASSWORD, password);
    }
    return options.build();
  }

  private static String text(Environment environment, String key, String otherwise) {
    String value = environment.getProperty("spring.r2dbc." + key, "");
    return value.isBlank() ? otherwise : value;
  }

  /** What {@code spring.r2dbc.url} and its companions say; the URL wins. */
  static ConnectionFactoryOptions ofProperties(Environment environment, @Nullable String name) {
    ConnectionFactoryOptions url =
        ConnectionFactoryOptions.parse(environment.getRequiredProperty(R2dbcKeys.URL));
    ConnectionFactoryOptions.Builder options = url.mutate();
    addMissing(options, url, ConnectionFactoryOptions.USER, text(environment, "username", ""));
    addMissing(options, url, ConnectionFactoryOptions.PASSWORD, text(environment, "password", ""));
    addMissing(options, url, ConnectionFactoryOptions.DATABASE, name == null ? "" : name);
    Binder.get(environment)
        .bind("spring.r2dbc.properties", Bindable.mapOf(String.class, String.class))
        .ifBound(more -> more.forEach((key, value) -> options.option(Option.valueOf(key), value)));
    return options.build();
  }

  private static <T extends CharSequence> void addMissing(
      ConnectionFactoryOptions.Builder options,
      ConnectionFactoryOptions url,
      Option<T> option,
      T value) {
    if (!url.hasOption(option) && !value.isEmpty()) {
      options.option(option, value);
    }
  }

  /** The driver's connection factory, with what the application puts around it. */
  static ConnectionFactory driver(ConnectionFactoryOptions options, ListableBeanFactory beans) {
    ConnectionFactoryBuilder builder =
        ConnectionFactoryBuilder.withOptions(options.mutate())
            .configure(driverOptions -> BootR2dbc.customize(driverOptions, beans));
    beans
        .getBeanProvider(ConnectionFactoryDecorator.class)
        .orderedStream()
        .forEach(builder::decorator);
    return builder.build();
  }
}
