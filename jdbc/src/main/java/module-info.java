/** Sluice as a JDBC {@code DataSource}. */
module dev.sluice.jdbc {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pool;
  requires transitive java.sql;

  exports dev.sluice.jdbc;
}
