package dev.sluice.bench.pools;

import dev.sluice.bench.stub.StubDriver;

/**
 * The database that a pool connects to.
 *
 * @param driverClass the JDBC driver's class
 * @param url the JDBC URL
 * @param user who connects
 * @param password with which password
 */
public record Target(String driverClass, String url, String user, String password) {
  /** The stub driver of this JVM. */
  public static final Target STUB =
      new Target(StubDriver.class.getName(), StubDriver.URL, "bench", "bench");

  /** Says where it is, without the password. */
  @Override
  public String toString() {
    return url;
  }
}
