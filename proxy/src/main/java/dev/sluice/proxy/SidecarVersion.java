package dev.sluice.proxy;

/** The version, as the console and the command line show it. */
public final class SidecarVersion {
  /** The PgBouncer whose files, console and command line this sidecar has. */
  public static final String PGBOUNCER = "1.25.2";

  /** The version of Sluice; a test compares it with the build's. */
  static final String SLUICE = "0.1.0-SNAPSHOT";

  private SidecarVersion() {}

  /** Returns the line that {@code SHOW VERSION} and {@code --version} show. */
  public static String line() {
    return "PgBouncer " + PGBOUNCER + " (Sluice " + SLUICE + ")";
  }
}
