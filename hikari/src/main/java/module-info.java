/**
 * HikariCP's class names over Sluice. The module has HikariCP's name too, because applications name
 * it in their descriptors.
 */
// The libraries that it reports to have no descriptors of their own, and neither has Hibernate.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module com.zaxxer.hikari {
  requires transitive java.sql;
  requires transitive dev.sluice.jdbc;
  requires static java.management;
  requires static java.naming;
  requires static transitive com.codahale.metrics;
  requires static transitive com.codahale.metrics.health;
  requires static transitive io.dropwizard.metrics5;
  requires static transitive micrometer.core;
  requires static transitive org.hibernate.orm.core;
  requires static transitive simpleclient;

  exports com.zaxxer.hikari;
  exports com.zaxxer.hikari.hibernate;
  exports com.zaxxer.hikari.metrics;
  exports com.zaxxer.hikari.metrics.dropwizard;
  exports com.zaxxer.hikari.metrics.micrometer;
  exports com.zaxxer.hikari.metrics.prometheus;
  exports com.zaxxer.hikari.pool;
  exports com.zaxxer.hikari.util;
}
