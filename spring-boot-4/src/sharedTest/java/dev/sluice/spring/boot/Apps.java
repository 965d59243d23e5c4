package dev.sluice.spring.boot;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Starts applications. */
final class Apps {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private Apps() {}

  /** The setting of a new database in memory. */
  static String newDatabase() {
    return "spring.datasource.url=" + newUrl();
  }

  static String newUrl() {
    return "jdbc:h2:mem:boot" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
  }

  /** Runs an application without a web server. */
  static ConfigurableApplicationContext run(Class<?> source, String... properties) {
    return run(source, Map.of(), properties);
  }

  /** Runs an application with environment variables. */
  static ConfigurableApplicationContext run(
      Class<?> source, Map<String, Object> variables, String... properties) {
    SpringApplication application = new SpringApplication(source);
    application.setWebApplicationType(WebApplicationType.NONE);
    if (!variables.isEmpty()) {
      application.addInitializers(
          context ->
              context
                  .getEnvironment()
                  .getPropertySources()
                  .addBefore(
                      StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                      new SystemEnvironmentPropertySource("test-systemEnvironment", variables)));
    }
    String[] arguments = new String[properties.length];
    for (int i = 0; i < properties.length; i++) {
      arguments[i] = "--" + properties[i];
    }
    return application.run(arguments);
  }
}
