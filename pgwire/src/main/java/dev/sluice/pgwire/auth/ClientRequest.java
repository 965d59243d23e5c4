package dev.sluice.pgwire.auth;

import java.util.Optional;

/**
 * Who wants in, and how that is decided.
 *
 * @param user the name from the start-up packet
 * @param method what the configuration demands
 * @param secret what is known of the user's password; empty if there is no such user
 * @param facts what the connection says about the client
 * @param identMap the map of an HBA line for CERT and PEER, if the line names one
 */
public record ClientRequest(
    String user,
    AuthMethod method,
    Optional<StoredSecret> secret,
    ClientFacts facts,
    Optional<IdentMap> identMap) {
  /** A request without a map. */
  public ClientRequest(
      String user, AuthMethod method, Optional<StoredSecret> secret, ClientFacts facts) {
    this(user, method, secret, facts, Optional.empty());
  }
}
