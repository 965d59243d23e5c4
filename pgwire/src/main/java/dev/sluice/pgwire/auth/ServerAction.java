package dev.sluice.pgwire.auth;

/** What the owner of a connection to a server must do next. Immutable. */
public sealed interface ServerAction {
  /**
   * Send a message of type {@code p}.
   *
   * @param payload its content without type and length
   */
  @SuppressWarnings("ArrayRecordComponent") // written to the wire once, never compared
  record Send(byte[] payload) implements ServerAction {
    @Override
    public String toString() {
      return "Send[***]";
    }
  }

  /** Read the next message. */
  enum AwaitMessage implements ServerAction {
    /** The only one. */
    AWAIT
  }

  /**
   * Run this on a worker, and pass the keys to {@link ServerLogin#derived}.
   *
   * @param work what to run
   */
  record Derive(KeyDerivation work) implements ServerAction {}

  /**
   * The server is ready for queries.
   *
   * @param session what it has told of itself
   */
  record Ready(ServerSession session) implements ServerAction {}

  /**
   * Close the connection: the login has failed.
   *
   * @param failure why
   */
  record Failed(LoginFailure failure) implements ServerAction {}
}
