/** Sluice in transactions across resources. */
module dev.sluice.jta {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.jdbc;
  requires transitive jakarta.transaction;

  exports dev.sluice.jta;
}
