package dev.sluice.pgwire.auth;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server has told during the login.
 *
 * @param processId the process that serves the connection; 0 if the server did not say
 * @param cancelKey the key of cancel requests, 4 to 256 bytes; empty if there is none
 * @param parameters the values of the parameters that it reports, in the order of its reports
 * @param minorProtocol the minor version of protocol 3 that it speaks
 * @param refusedOptions the protocol options that it does not know
 */
public record ServerSession(
    int processId,
    SecretBytes cancelKey,
    Map<String, String> parameters,
    int minorProtocol,
    List<String> refusedOptions) {
  /** Copies the collections. */
  public ServerSession {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    refusedOptions = List.copyOf(refusedOptions);
  }

  /** A copy of the key of cancel requests, to be sent in one. */
  public byte[] cancelKeyBytes() {
    return cancelKey.raw().clone();
  }
}
