package dev.sluice.pgwire.auth;

/** What the owner of a client's connection must do next. Immutable. */
public sealed interface ClientAction {
  /**
   * Send an Authentication message.
   *
   * @param code the kind of request: 3 for the password, 5 for md5, 10 to 12 for SASL
   * @param payload what follows the code
   */
  @SuppressWarnings("ArrayRecordComponent") // written to the wire once, never compared
  record SendRequest(int code, byte[] payload) implements ClientAction {
    @Override
    public String toString() {
      return "SendRequest[" + code + "]";
    }
  }

  /**
   * Read one message of type {@code p}, and refuse any that is longer.
   *
   * @param longest the most bytes of payload, from 1 to 65,536
   */
  record AwaitMessage(int longest) implements ClientAction {}

  /**
   * Run this on a worker, read nothing from the client meanwhile, and pass the keys to {@link
   * ClientAuthentication#derived}.
   *
   * @param work what to run
   */
  record Derive(KeyDerivation work) implements ClientAction {}

  /**
   * Have another server judge this password of the user, read nothing from the client meanwhile,
   * and pass the verdict to {@link ClientAuthentication#judged}.
   *
   * @param password never empty
   */
  record Judge(StoredSecret.Plain password) implements ClientAction {}

  /**
   * The client is who it says it is. AuthenticationOk is still to be sent.
   *
   * @param forServer what opens a server in the client's name: the stored secret, or what this
   *     login taught that is better
   */
  record Accepted(StoredSecret forServer) implements ClientAction {}

  /**
   * Send a FATAL error and close the connection.
   *
   * @param sqlstate the error's SQLSTATE: 28P01 and 28000 for who cannot come in, 08P01 for a
   *     message that was not legal
   * @param message for the client, which it tells nothing that helps to guess
   * @param log the cause, for the log; may be the message
   */
  record Rejected(String sqlstate, String message, String log) implements ClientAction {}
}
