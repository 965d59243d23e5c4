package dev.sluice.proxy.config;

import java.util.OptionalInt;

/**
 * An entry of {@code [peers]}: another process to which cancel requests are forwarded.
 *
 * @param id the peer's {@code peer_id}, from 1
 * @param host a name, an address, or the directory of a Unix socket
 * @param port the port
 * @param poolSize connections to the peer; empty: {@code default_pool_size}
 */
public record PeerEntry(int id, String host, int port, OptionalInt poolSize) {
  static final int DEFAULT_PORT = 6432;
}
