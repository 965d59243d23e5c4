package dev.sluice.pgwire.auth;

import java.security.MessageDigest;
import java.util.random.RandomGenerator;

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677).
 *
 * <pre>
 *   EXPECT_FIRST --first--> EXPECT_FINAL --last--> DONE
 *        |                       |
 *        +-------> FAILED &lt;------+
 * </pre>
 *
 * <p>Each call is legal in one state only. Any other call, and any message that breaks the rules,
 * fails the exchange for good. An exchange for a user who does not exist, or who cannot use SCRAM,
 * looks like any other up to the last message, and then fails as with a wrong password ({@link
 * Authenticator#mockVerifier}).
 *
 * <p>Not thread-safe. No call blocks or takes longer than a few microseconds.
 */
public final class ScramServer {
  private enum State {
    EXPECT_FIRST,
    EXPECT_FINAL,
    DONE,
    FAILED
  }

  private final StoredSecret.ScramVerifier verifier;
  private final boolean doomed;
  private final boolean plus;
  private final ChannelBinding binding;
  private final String serverNonce;

  private State state = State.EXPECT_FIRST;
  private String gs2Header = "";
  private String firstBare = "";
  private String serverFirst = "";
  private String nonce = "";
  private byte[] clientKey = new byte[0];

  /**
   * Begins an exchange.
   *
   * @param verifier what is known of the user's password
   * @param doomed whether to fail at the end, whatever the client proves
   * @param plus whether the client chose SCRAM-SHA-256-PLUS
   * @param binding what a client can bind to; if present, SCRAM-SHA-256-PLUS must have been offered
   * @param random for nonces: a {@link java.security.SecureRandom} outside tests
   */
  public ScramServer(
      StoredSecret.ScramVerifier verifier,
      boolean doomed,
      boolean plus,
      ChannelBinding binding,
      RandomGenerator random) {
    this(verifier, doomed, plus, binding, ScramText.nonce(random));
  }

  /** With a nonce, as the vectors of the RFCs have it. */
  ScramServer(
      StoredSecret.ScramVerifier verifier,
      boolean doomed,
      boolean plus,
      ChannelBinding binding,
      String serverNonce) {
    this.verifier = verifier;
    this.doomed = doomed;
    this.plus = plus;
    this.binding = binding;
    this.serverNonce = serverNonce;
  }

  /**
   * Takes the client's first message and returns the server's.
   *
   * @throws ScramException if it breaks the rules; the exchange has failed
   */
  public byte[] first(byte[] clientFirst) throws ScramException {
    enter(State.EXPECT_FIRST);
    ScramText text = new ScramText(clientFirst);
    readBindingFlag(text);
    if (!text.field().isEmpty()) {
      throw new ScramException("client uses an authorization identity, which is not supported");
    }
    gs2Header = text.before(text.position());
    firstBare = text.rest();
    readFirstBare(text);
    state = State.EXPECT_FINAL;
    return ScramText.bytes(serverFirst);
  }

  private void readBindingFlag(ScramText text) throws ScramException {
    String flag = text.field();
    switch (flag) {
      case "n" ->
          refuseBindingFlag(
              plus, "client selected " + ScramText.MECHANISM_PLUS + " and sent no channel binding");
      case "y" ->
          refuseBindingFlag(
              plus || binding.isPresent(),
              "client supports channel binding and thinks that the server does not; perhaps somebody"
                  + " in the middle has changed the list of mechanisms");
      case "p=" + ChannelBinding.TYPE ->
          refuseBindingFlag(
              !plus || !binding.isPresent(),
              "client sent channel binding, and "
                  + ScramText.MECHANISM_PLUS
                  + " was not negotiated");
      default ->
          throw new ScramException(
              flag.startsWith("p=")
                  ? "unsupported type of channel binding"
                  : "malformed SCRAM message (unexpected channel-binding flag)");
    }
  }

  private static void refuseBindingFlag(boolean wrong, String reason) throws ScramException {
    if (wrong) {
      throw new ScramException(reason);
    }
  }

  private void readFirstBare(ScramText text) throws ScramException {
    if (text.peek() == 'm') {
      throw new ScramException("client requires a SCRAM extension, and none is supported");
    }
    text.attribute('n'); // PostgreSQL takes the user from the start-up packet, and so do we
    nonce = text.nonce() + serverNonce;
    serverFirst =
        "r="
            + nonce
            + ",s="
            + ScramText.base64(verifier.salt().raw())
            + ",i="
            + verifier.iterations();
  }

  /**
   * Takes the client's last message and returns the server's.
   *
   * @throws ScramException if it breaks the rules or the proof is wrong; the exchange has failed
   */
  public byte[] last(byte[] clientFinal) throws ScramException {
    enter(State.EXPECT_FINAL);
    ScramText text = new ScramText(clientFinal);
    checkBinding(text.attribute('c'));
    checkNonce(text.nonce());
    int proofAt = text.position();
    while (!text.atEnd() && text.peek() != 'p') {
      text.field(); // extensions, which a server that does not know them ignores
      proofAt = text.position();
    }
    byte[] proof = ScramText.decode(text.attribute('p'), "proof");
    if (!text.atEnd()) {
      throw new ScramException("malformed SCRAM message (garbage after the proof)");
    }
    String withoutProof = text.before(Math.max(proofAt - 1, 0));
    byte[] authMessage = ScramText.bytes(firstBare + "," + serverFirst + "," + withoutProof);
    checkProof(proof, authMessage);
    state = State.DONE;
    byte[] signature = Digests.hmac(verifier.serverKey().raw(), authMessage);
    return ScramText.bytes("v=" + ScramText.base64(signature));
  }

  private void checkBinding(String received) throws ScramException {
    byte[] header = ScramText.bytes(gs2Header);
    byte[] data = plus ? binding.data() : new byte[0];
    byte[] expected = new byte[header.length + data.length];
    System.arraycopy(header, 0, expected, 0, header.length);
    System.arraycopy(data, 0, expected, header.length, data.length);
    if (!same(ScramText.decode(received, "channel binding"), expected)) {
      throw new ScramException(
          plus
              ? "SCRAM channel binding check failed: the client sees another certificate"
              : "unexpected SCRAM channel-binding attribute in the client's last message");
    }
  }

  private void checkNonce(String received) throws ScramException {
    if (!same(ScramText.bytes(received), ScramText.bytes(nonce))) {
      throw new ScramException("invalid SCRAM response (nonce does not match)");
    }
  }

  private void checkProof(byte[] proof, byte[] authMessage) throws ScramException {
    if (proof.length != Digests.SHA_256_BYTES) {
      throw new ScramException("malformed SCRAM message (proof has " + proof.length + " bytes)");
    }
    byte[] signature = Digests.hmac(verifier.storedKey().raw(), authMessage);
    byte[] key = Digests.xor(proof, signature);
    boolean right = same(Digests.sha256(key), verifier.storedKey().raw());
    if (!right || doomed) {
      throw new ScramException("the client's proof does not match the user's secret");
    }
    clientKey = key;
  }

  private static boolean same(byte[] a, byte[] b) {
    return MessageDigest.isEqual(a, b);
  }

  /** Until the step has succeeded, the exchange has failed: an exception needs no further care. */
  private void enter(State expected) throws ScramException {
    boolean legal = state == expected;
    state = State.FAILED;
    if (!legal) {
      throw new ScramException("SCRAM message out of order");
    }
  }

  /**
   * Both keys, for use at a server that has the same verifier. They can be computed from what the
   * client proved.
   *
   * @throws IllegalStateException if the exchange has not succeeded
   */
  public StoredSecret.ScramKeys keys() {
    if (state != State.DONE) {
      throw new IllegalStateException("The SCRAM exchange is " + state + ", so it has no keys.");
    }
    return new StoredSecret.ScramKeys(SecretBytes.of(clientKey), verifier.serverKey());
  }

  @Override
  public String toString() {
    return "ScramServer[" + state + "]";
  }
}
