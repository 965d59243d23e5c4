package dev.sluice.proxy.tls;

import dev.sluice.proxy.config.Settings;
import java.util.Optional;

/**
 * Both sides' TLS as one configuration has it. A reload loads another one; if that fails, the old
 * one stays in force. Immutable; thread-safe.
 *
 * @param clients TLS towards clients; empty if it is off
 * @param servers TLS towards servers; empty if it is off
 */
public record TlsContexts(Optional<ClientTls> clients, Optional<ServerTls> servers) {
  /** No TLS. */
  public static final TlsContexts NONE = new TlsContexts(Optional.empty(), Optional.empty());

  /**
   * Reads the files that the settings name. Blocks.
   *
   * @throws TlsException if a file cannot be used
   */
  public static TlsContexts load(Settings settings) throws TlsException {
    return new TlsContexts(ClientTls.load(settings), ServerTls.load(settings));
  }
}
