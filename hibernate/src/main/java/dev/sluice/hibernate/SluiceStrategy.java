package dev.sluice.hibernate;

import java.util.List;
import org.hibernate.boot.registry.selector.SimpleStrategyRegistrationImpl;
import org.hibernate.boot.registry.selector.StrategyRegistration;
import org.hibernate.boot.registry.selector.StrategyRegistrationProvider;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;

/**
 * Tells Hibernate of the provider, under the name {@code sluice}. Hibernate takes the only provider
 * that is registered so, unless a setting names another one.
 */
public final class SluiceStrategy implements StrategyRegistrationProvider {
  /** For the service loader. */
  public SluiceStrategy() {}

  @Override
  public Iterable<StrategyRegistration<?>> getStrategyRegistrations() {
    return List.of(
        new SimpleStrategyRegistrationImpl<>(
            ConnectionProvider.class,
            SluiceConnectionProvider.class,
            "sluice",
            SluiceConnectionProvider.class.getSimpleName()));
  }
}
