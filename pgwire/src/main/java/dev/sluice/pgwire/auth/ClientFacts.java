package dev.sluice.pgwire.auth;

import java.util.List;
import java.util.Optional;

/**
 * What the connection itself says about a client.
 *
 * @param tls whether TLS protects it
 * @param binding what the client can bind a SCRAM exchange to: this side's own certificate
 * @param certificateNames the names in the certificate that the client showed: the common name and
 *     the alternative names; empty if it showed none
 * @param account the account that runs the client, if it came by a Unix socket
 */
public record ClientFacts(
    boolean tls, ChannelBinding binding, List<String> certificateNames, Optional<String> account) {
  /** A connection that says nothing: TCP without TLS. */
  public static final ClientFacts NONE =
      new ClientFacts(false, ChannelBinding.none(), List.of(), Optional.empty());

  /** Copies the list. */
  public ClientFacts {
    certificateNames = List.copyOf(certificateNames);
  }
}
