package dev.sluice.proxy.config;

/** The database that is the console. */
final class ConsoleDatabase {
  /** No entry may have this name. */
  static final String NAME = "pgbouncer";

  private ConsoleDatabase() {}
}
