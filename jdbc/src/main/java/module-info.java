/** Sluice as a JDBC {@code DataSource}. */
module dev.sluice.jdbc {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pool;
  requires transitive java.sql;
  requires static transitive java.management;
  requires static transitive java.naming;

  exports dev.sluice.jdbc;
}
