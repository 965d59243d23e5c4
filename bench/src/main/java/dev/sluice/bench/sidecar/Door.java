package dev.sluice.bench.sidecar;

/**
 * Where clients connect: a pooler, or the server itself.
 *
 * @param title as the tables have it
 * @param port of the loopback address
 * @param pid of the pooler's process; 0 for the server itself
 */
record Door(String title, int port, long pid) {
  static final String HOST = "127.0.0.1";

  /** Whether clients are at the server itself. */
  boolean isServer() {
    return pid == 0;
  }
}
