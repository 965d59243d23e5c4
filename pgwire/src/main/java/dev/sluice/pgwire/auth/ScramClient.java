package dev.sluice.pgwire.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The client's side of one SCRAM-SHA-256 exchange, towards a server that may be hostile.
 *
 * <pre>
 *   NEW --first--> EXPECT_FIRST --challenge--> DERIVE --answer--> EXPECT_FINAL --verify--> DONE
 *    |                  |                        |                     |
 *    +------------------+--------> FAILED &lt;------+---------------------+
 * </pre>
 *
 * <p>Each call is legal in one state only. Any other call, and any message that breaks the rules,
 * fails the exchange for good. {@link #challenge} says what to derive, which may take long; the
 * caller does that where it likes, and brings the keys to {@link #answer}. Keys that were learnt
 * from a client skip the derivation.
 *
 * <p>Not thread-safe. No call blocks.
 */
public final class ScramClient {
  private enum State {
    NEW,
    EXPECT_FIRST,
    DERIVE,
    EXPECT_FINAL,
    DONE,
    FAILED
  }

  private final String gs2Flag;
  private final ChannelBinding binding;
  private final int maxIterations;
  private final String firstBare;
  private final String nonce;

  private State state = State.NEW;
  private String serverFirst = "";
  private String serverNonce = "";
  private byte[] salt = new byte[0];
  private int iterations;
  private byte[] expectedSignature = new byte[0];

  private ScramClient(
      String gs2Flag, ChannelBinding binding, int maxIterations, RandomGenerator random) {
    this(gs2Flag, binding, maxIterations, "", ScramText.nonce(random));
  }

  /** With a user name and a nonce, as the vectors of the RFCs have them. */
  ScramClient(
      String gs2Flag, ChannelBinding binding, int maxIterations, String user, String nonce) {
    this.gs2Flag = gs2Flag;
    this.binding = binding;
    this.maxIterations = maxIterations;
    this.firstBare = "n=" + user + ",r=" + nonce;
    this.nonce = nonce;
  }

  /**
   * An exchange by SCRAM-SHA-256.
   *
   * @param couldBind whether this side could bind and the server did not offer it; the server
   *     refuses the exchange if it did, because then somebody has changed its offer
   * @param maxIterations the most iterations of PBKDF2 that the server may ask for
   * @param random for nonces: a {@link java.security.SecureRandom} outside tests
   */
  public static ScramClient plain(boolean couldBind, int maxIterations, RandomGenerator random) {
    return new ScramClient(couldBind ? "y" : "n", ChannelBinding.none(), maxIterations, random);
  }

  /**
   * An exchange by SCRAM-SHA-256-PLUS.
   *
   * @param binding the server's certificate
   * @param maxIterations the most iterations of PBKDF2 that the server may ask for
   * @param random for nonces: a {@link java.security.SecureRandom} outside tests
   * @throws IllegalArgumentException if there is nothing to bind to
   */
  public static ScramClient plus(
      ChannelBinding binding, int maxIterations, RandomGenerator random) {
    if (!binding.isPresent()) {
      throw new IllegalArgumentException("SCRAM-SHA-256-PLUS needs a certificate to bind to.");
    }
    return new ScramClient("p=" + ChannelBinding.TYPE, binding, maxIterations, random);
  }

  /** The mechanism to name to the server. */
  public String mechanism() {
    return binding.isPresent() ? ScramText.MECHANISM_PLUS : ScramText.MECHANISM;
  }

  /** The first message. PostgreSQL takes the user from the start-up packet, so none is named. */
  public byte[] first() throws ScramException {
    enter(State.NEW);
    state = State.EXPECT_FIRST;
    return ScramText.bytes(gs2Header() + firstBare);
  }

  private String gs2Header() {
    return gs2Flag + ",,";
  }

  /**
   * Takes the server's first message.
   *
   * @throws ScramException if it breaks the rules or asks for too many iterations
   */
  public void challenge(byte[] message) throws ScramException {
    enter(State.EXPECT_FIRST);
    ScramText text = new ScramText(message);
    refuseError(text);
    if (text.peek() == 'm') {
      throw new ScramException("server requires a SCRAM extension, and none is supported");
    }
    serverNonce = text.nonce();
    if (!serverNonce.startsWith(nonce) || serverNonce.length() == nonce.length()) {
      throw new ScramException("the server's SCRAM nonce does not extend ours");
    }
    salt = salt(text.attribute('s'));
    iterations = iterations(text.attribute('i'));
    serverFirst = text.all();
    state = State.DERIVE;
  }

  private static byte[] salt(String base64) throws ScramException {
    byte[] salt = ScramText.decode(base64, "salt");
    if (salt.length == 0 || salt.length > ScramText.LONGEST_SALT) {
      throw new ScramException("the server's SCRAM salt has " + salt.length + " bytes");
    }
    return salt;
  }

  private int iterations(String number) throws ScramException {
    if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ScramException("malformed SCRAM message (iterations are no number)");
    }
    int asked = number.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(number);
    if (asked < 1 || asked > maxIterations) {
      throw new ScramException(
          "the server asks for "
              + (number.length() > 9 ? "more than 999999999" : number)
              + " SCRAM iterations, and the limit is "
              + maxIterations);
    }
    return asked;
  }

  /** What to derive before {@link #answer}. Legal after {@link #challenge}. */
  public KeyDerivation derivation(StoredSecret.Plain password) {
    if (state != State.DERIVE) {
      throw new IllegalStateException("The SCRAM exchange is " + state + ".");
    }
    return new KeyDerivation(password.password(), SecretBytes.of(salt), iterations);
  }

  /** The last message, from keys that were derived or learnt. */
  public byte[] answer(StoredSecret.ScramKeys keys) throws ScramException {
    enter(State.DERIVE);
    byte[] header = ScramText.bytes(gs2Header());
    byte[] bound = Arrays.copyOf(header, header.length + binding.data().length);
    System.arraycopy(binding.data(), 0, bound, header.length, binding.data().length);
    String withoutProof = "c=" + ScramText.base64(bound) + ",r=" + serverNonce;
    byte[] authMessage = ScramText.bytes(firstBare + "," + serverFirst + "," + withoutProof);
    byte[] clientKey = keys.clientKey().raw();
    byte[] signature = Digests.hmac(Digests.sha256(clientKey), authMessage);
    expectedSignature = Digests.hmac(keys.serverKey().raw(), authMessage);
    state = State.EXPECT_FINAL;
    String proof = ScramText.base64(Digests.xor(clientKey, signature));
    return ScramText.bytes(withoutProof + ",p=" + proof);
  }

  /**
   * Takes the server's last message.
   *
   * @throws ScramException if the server does not know the user's secret, or reports an error
   */
  public void verify(byte[] message) throws ScramException {
    enter(State.EXPECT_FINAL);
    ScramText text = new ScramText(message);
    refuseError(text);
    byte[] signature = ScramText.decode(text.attribute('v'), "signature");
    if (!MessageDigest.isEqual(signature, expectedSignature)) {
      throw new ScramException("invalid server signature: it does not know the user's secret");
    }
    state = State.DONE;
  }

  private static void refuseError(ScramText text) throws ScramException {
    if (text.peek() == 'e') {
      throw new ScramException("the server reports a SCRAM error: " + Printable.of(text.rest()));
    }
  }

  /** Until the step has succeeded, the exchange has failed: an exception needs no further care. */
  private void enter(State expected) throws ScramException {
    boolean legal = state == expected;
    state = State.FAILED;
    if (!legal) {
      throw new ScramException("SCRAM message out of order");
    }
  }

  /** Whether the server has proved that it knows the user's secret. */
  public boolean isDone() {
    return state == State.DONE;
  }

  @Override
  public String toString() {
    return "ScramClient[" + state + "]";
  }
}
