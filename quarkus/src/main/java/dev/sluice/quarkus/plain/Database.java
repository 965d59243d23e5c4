package dev.sluice.quarkus.plain;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the pool of an application that uses JDBC. */
// tag::plain[]
@ApplicationScoped
class Database {
  @Produces
  @Singleton
  SluiceDataSource pool(@ConfigProperty(name = "sluice") Map<String, String> options) {
    return Sluice.from(options).build();
  }

  void close(@Disposes SluiceDataSource pool) {
    pool.close();
  }
}
// end::plain[]
