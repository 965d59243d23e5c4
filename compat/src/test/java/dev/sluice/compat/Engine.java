package dev.sluice.compat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;

/** A database that the frameworks are tried on. */
enum Engine {
  H2,
  POSTGRESQL;

  /** A new, empty database. */
  TestDatabase create() {
    return this == H2 ? Databases.h2() : Databases.postgres();
  }

  /** A query that takes longer than any test waits, and that the server can cancel. */
  String endlessQuery() {
    return this == H2
        ? "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 1000000000000) WHERE MOD(X, 7) = 1"
        : "SELECT 1 FROM pg_sleep(600)";
  }
}
