package dev.sluice.jta;

/** What a {@link JtaDataSource} does for a caller who is in no transaction. */
public enum OutsideTransaction {
  /** Lends a connection that takes part in none, as a plain pool does. */
  ALLOW,

  /** Lends one too, and logs a warning with the caller, once for each of the first 100 places. */
  WARN,

  /** Refuses with SQLSTATE 25000. */
  REQUIRE
}
