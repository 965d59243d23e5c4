package dev.sluice.spring.boot;

import dev.sluice.jdbc.ConnectionHooks;
import dev.sluice.jdbc.ConnectionValidator;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.ErrorClassifier;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.pool.PoolListener;
import org.springframework.beans.factory.ListableBeanFactory;

/** The beans of an application that are part of its pools' configuration. */
final class PoolBeans {
  private PoolBeans() {}

  /** Applies those that there are; of kinds of which a pool has one, only a unique bean. */
  static void applyTo(SluiceBuilder builder, ListableBeanFactory beans, String beanName) {
    beans
        .getBeanProvider(CredentialsSource.class)
        .ifUnique(source -> builder.password((String) null).credentials(source));
    beans.getBeanProvider(ErrorClassifier.class).ifUnique(builder::errorClassifier);
    beans.getBeanProvider(ConnectionValidator.class).ifUnique(builder::validator);
    beans.getBeanProvider(ConnectionHooks.class).ifUnique(builder::hooks);
    beans.getBeanProvider(PoolListener.class).orderedStream().forEach(builder::listener);
    beans.getBeanProvider(PoolTimers.class).ifUnique(timers -> builder.listener(timers.create()));
    beans
        .getBeanProvider(SluiceBuilderCustomizer.class)
        .orderedStream()
        .forEach(customizer -> customizer.customize(beanName, builder));
  }
}
