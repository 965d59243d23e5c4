package dev.sluice.proxy.config;

/** How a client is connected, as access rules tell it apart. */
public enum ConnectionKind {
  /** By a Unix socket. */
  LOCAL,
  /** By TCP without TLS. */
  TCP_PLAIN,
  /** By TCP with TLS. */
  TCP_TLS
}
