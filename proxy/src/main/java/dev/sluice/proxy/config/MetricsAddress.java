package dev.sluice.proxy.config;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Reads where metrics are served: {@code HOST:PORT}, or a port of the loopback address. */
public final class MetricsAddress {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MAX_PORT = 65_535;

  private MetricsAddress() {}

  /** Returns the address; empty if the text is none. */
  public static Optional<InetSocketAddress> of(String text) {
    try {
      return Optional.of(parse(text));
    } catch (BadValue e) {
      return Optional.empty();
    }
  }

  static InetSocketAddress parse(String text) throws BadValue {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? LOOPBACK : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    if (bare.isBlank()) {
      throw bad();
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 1 && port <= MAX_PORT) {
        return new InetSocketAddress(bare, port);
      }
    } catch (NumberFormatException e) {
      throw bad();
    }
    throw bad();
  }

  static BadValue bad() {
    return new BadValue("HOST:PORT, or a port from 1 to " + MAX_PORT + " of the loopback address");
  }
}
