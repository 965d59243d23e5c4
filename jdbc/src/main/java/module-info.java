/** Sluice as a JDBC {@code DataSource}. */
@SuppressWarnings("module") // the module of transactions is compiled after this one
module dev.sluice.jdbc {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pool;
  requires transitive java.sql;
  requires static transitive java.management;
  requires static transitive java.naming;

  exports dev.sluice.jdbc;
  exports dev.sluice.jdbc.branch to
      dev.sluice.jta;
}
