/**
 * HikariCP's class names over Sluice. The module has HikariCP's name too, because applications name
 * it in their descriptors.
 */
// Micrometer has no descriptor of its own.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module com.zaxxer.hikari {
  requires transitive java.sql;
  requires transitive dev.sluice.jdbc;
  requires static java.management;
  requires static java.naming;
  requires static transitive micrometer.core;

  exports com.zaxxer.hikari;
  exports com.zaxxer.hikari.metrics;
  exports com.zaxxer.hikari.metrics.micrometer;
  exports com.zaxxer.hikari.pool;
  exports com.zaxxer.hikari.util;
}
