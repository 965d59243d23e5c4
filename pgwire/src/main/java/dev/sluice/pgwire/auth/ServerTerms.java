package dev.sluice.pgwire.auth;

/**
 * What the sidecar demands of a server.
 *
 * @param binding the server's certificate, to bind SCRAM to; {@link ChannelBinding#none} without
 *     TLS
 * @param bindingRequired whether to refuse SCRAM without channel binding
 * @param maxIterations the most iterations of PBKDF2 that the server may ask for; at least 1. A
 *     hostile server could burn this side's processors with more.
 * @param minorProtocol the minor version of protocol 3 that the start-up packet asked for
 */
public record ServerTerms(
    ChannelBinding binding, boolean bindingRequired, int maxIterations, int minorProtocol) {
  /** Protocol 3.0 without TLS. */
  public static final ServerTerms DEFAULT =
      new ServerTerms(ChannelBinding.none(), false, ServerLogin.DEFAULT_MAX_ITERATIONS, 0);

  /** Checks the range. */
  public ServerTerms {
    if (maxIterations < 1) {
      throw new IllegalArgumentException("maxIterations must be at least 1: " + maxIterations);
    }
  }
}
