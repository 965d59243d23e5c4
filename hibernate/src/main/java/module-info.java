/** Sluice as Hibernate's connection provider. */
// Hibernate has no descriptor of its own.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.sluice.hibernate {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.jdbc;
  requires transitive org.hibernate.orm.core;

  exports dev.sluice.hibernate;

  provides org.hibernate.boot.registry.selector.StrategyRegistrationProvider with
      dev.sluice.hibernate.SluiceStrategy;
}
