package dev.sluice.pgwire.auth;

import dev.sluice.pgwire.auth.ServerAction.AwaitMessage;
import dev.sluice.pgwire.auth.ServerAction.Derive;
import dev.sluice.pgwire.auth.ServerAction.Failed;
import dev.sluice.pgwire.auth.ServerAction.Ready;
import dev.sluice.pgwire.auth.ServerAction.Send;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's login at one server, from its start-up packet to the first ReadyForQuery.
 *
 * <pre>
 *             ok, after cleartext or md5: EXPECT_OK -+
 *                                                    v          Z
 *   EXPECT_REQUEST ---------- ok -----------> EXPECT_READY -------> READY
 *         | SASL                                     ^
 *         v          continue             final      | ok
 *   EXPECT_CONTINUE --------> (DERIVING) -----> EXPECT_FINAL --> EXPECT_OK
 *
 *   any state --- ErrorResponse, or a message that is not legal ---> FAILED
 * </pre>
 *
 * <table>
 * <caption>Messages that are legal, beside ErrorResponse and NoticeResponse</caption>
 * <tr><th>state<th>messages
 * <tr><td>EXPECT_REQUEST<td>NegotiateProtocolVersion (once), Authentication 0, 3, 5, 10
 * <tr><td>EXPECT_CONTINUE<td>Authentication 11
 * <tr><td>DERIVING<td>none, and no NoticeResponse
 * <tr><td>EXPECT_FINAL<td>Authentication 12
 * <tr><td>EXPECT_OK<td>Authentication 0
 * <tr><td>EXPECT_READY<td>ParameterStatus, BackendKeyData (once), ReadyForQuery
 * </table>
 *
 * <p>The server may be hostile. A server that began SCRAM cannot skip the proof that it knows the
 * secret, the iterations are bounded, and so are the number and the size of its messages.
 *
 * <p>Not thread-safe; no call blocks.
 */
public final class ServerLogin {
  /** The most iterations of PBKDF2 that a server may ask for, unless configured otherwise. */
  public static final int DEFAULT_MAX_ITERATIONS = 600_000;

  /** The most messages of one login. PostgreSQL sends about 20. */
  static final int MOST_MESSAGES = 1_000;

  /** The most bytes of all messages of one login. PostgreSQL sends about 500. */
  static final int MOST_BYTES = 1 << 20;

  private static final int SHORTEST_KEY = 4;
  private static final int LONGEST_KEY = 256;

  private enum State {
    EXPECT_REQUEST,
    EXPECT_CONTINUE,
    DERIVING,
    EXPECT_FINAL,
    EXPECT_OK,
    EXPECT_READY,
    READY,
    FAILED
  }

  private final String user;
  private final StoredSecret secret;
  private final ServerTerms terms;
  private final RandomGenerator random;

  private State state = State.EXPECT_REQUEST;
  private int messages;
  private long bytes;
  private @Nullable ScramClient scram;
  private int processId;
  private SecretBytes cancelKey = SecretBytes.of(new byte[0]);
  private boolean negotiated;
  private int minorProtocol;
  private List<String> refusedOptions = List.of();
  private final Map<String, String> parameters = new LinkedHashMap<>();

  /**
   * Begins a login. The start-up packet is the caller's to send.
   *
   * @param user the user that the start-up packet names
   * @param secret what is known of the user's password
   * @param terms what this side demands and asked for
   * @param random for nonces: a {@link java.security.SecureRandom} outside tests
   */
  public ServerLogin(String user, StoredSecret secret, ServerTerms terms, RandomGenerator random) {
    this.user = user;
    this.secret = secret;
    this.terms = terms;
    this.random = random;
    this.minorProtocol = terms.minorProtocol();
  }

  /**
   * Takes a message from the server.
   *
   * @param type the message's type
   * @param payload its content without type and length, of at most {@link #longest} bytes
   */
  public List<ServerAction> received(byte type, byte[] payload) {
    messages++;
    bytes += payload.length;
    if (hasEnded() || (state == State.DERIVING && type != 'E')) {
      return unexpected(named(type));
    }
    if (messages > MOST_MESSAGES || bytes > MOST_BYTES) {
      return failed("the server sent too much before it was ready: " + messages + " messages");
    }
    return switch (type) {
      case 'R' -> request(new Payload(payload));
      case 'E' -> failed(LoginFailure.ofError(payload));
      case 'N' -> await();
      case 'S', 'K', 'Z' -> afterLogin(type, new Payload(payload));
      case 'v' -> negotiated(new Payload(payload));
      default -> unexpected(named(type));
    };
  }

  /** The most bytes of payload that the next message may have. */
  public int longest() {
    return (int) Math.max(0, MOST_BYTES - bytes);
  }

  /** Takes the keys that {@link Derive} asked for. If the login failed meanwhile, nothing. */
  public List<ServerAction> derived(StoredSecret.ScramKeys keys) {
    return switch (state) {
      case DERIVING -> answer(keys);
      case FAILED -> List.of();
      default -> unexpected("keys that nobody asked for");
    };
  }

  /** Whether the login has ended, one way or the other. */
  public boolean hasEnded() {
    return state == State.READY || state == State.FAILED;
  }

  // Authentication requests.

  private List<ServerAction> request(Payload payload) {
    int code = payload.intOr(-1);
    boolean legal =
        switch (state) {
          case EXPECT_REQUEST -> code < 11 || code > 12;
          case EXPECT_CONTINUE -> code == 11;
          case EXPECT_FINAL -> code == 12;
          case EXPECT_OK -> code == 0;
          default -> false;
        };
    if (!legal) {
      return unexpected(AuthenticationCode.name(code));
    }
    if (terms.bindingRequired() && state == State.EXPECT_REQUEST && code != 10) {
      return failed(
          LoginFailure.secret(
              "channel binding is required, and the server chose "
                  + AuthenticationCode.name(code)));
    }
    return switch (code) {
      case 0 -> next(State.EXPECT_READY);
      case 3 -> sendPassword();
      case 5 -> sendMd5(payload.rest());
      case 10 -> beginSasl(payload);
      case 11 -> challenge(payload.rest());
      case 12 -> verify(payload.rest());
      default ->
          failed(
              LoginFailure.secret(
                  "the server asks for "
                      + AuthenticationCode.name(code)
                      + ", which is not supported"));
    };
  }

  private List<ServerAction> next(State next) {
    state = next;
    return await();
  }

  private static List<ServerAction> await() {
    return List.of(AwaitMessage.AWAIT);
  }

  private List<ServerAction> send(byte[] payload, State next) {
    state = next;
    return List.of(new Send(payload), AwaitMessage.AWAIT);
  }

  private List<ServerAction> sendPassword() {
    if (secret instanceof StoredSecret.Plain plain) {
      return send(withNul(plain.password().raw()), State.EXPECT_OK);
    }
    return wrongType("cleartext");
  }

  private List<ServerAction> sendMd5(byte[] salt) {
    if (salt.length != Md5.SALT_BYTES) {
      return failed("the server sent an md5 salt of " + salt.length + " bytes");
    }
    if (secret instanceof StoredSecret.Plain plain) {
      return send(withNul(Md5.answer(Md5.hash(plain, user), salt)), State.EXPECT_OK);
    }
    if (secret instanceof StoredSecret.Md5Hash hash) {
      return send(withNul(Md5.answer(hash, salt)), State.EXPECT_OK);
    }
    return wrongType("MD5");
  }

  private List<ServerAction> wrongType(String asked) {
    return failed(
        LoginFailure.secret("cannot do " + asked + " authentication: wrong password type"));
  }

  private static byte[] withNul(byte[] text) {
    return Arrays.copyOf(text, text.length + 1);
  }

  // SCRAM

  private List<ServerAction> beginSasl(Payload payload) {
    List<String> offered = new ArrayList<>();
    Optional<String> name = payload.string();
    while (name.isPresent() && !name.get().isEmpty()) {
      offered.add(name.get());
      name = payload.string();
    }
    if (secret instanceof StoredSecret.ScramVerifier) {
      return failed(
          LoginFailure.secret(
              "cannot do SCRAM authentication: password is SCRAM secret but client authentication did"
                  + " not provide SCRAM keys"));
    }
    if (!(secret instanceof StoredSecret.Plain || secret instanceof StoredSecret.ScramKeys)) {
      return wrongType("SCRAM");
    }
    return beginSasl(offered);
  }

  private List<ServerAction> beginSasl(List<String> offered) {
    boolean bind = terms.binding().isPresent();
    if (bind && offered.contains(ScramText.MECHANISM_PLUS)) {
      return begin(ScramClient.plus(terms.binding(), terms.maxIterations(), random));
    }
    if (terms.bindingRequired()) {
      return failed(
          LoginFailure.secret(
              bind
                  ? "channel binding is required, and the server does not offer SCRAM-SHA-256-PLUS"
                  : "channel binding is required, and there is no TLS certificate to bind to"));
    }
    return offered.contains(ScramText.MECHANISM)
        ? begin(ScramClient.plain(bind, terms.maxIterations(), random))
        : failed(
            LoginFailure.secret(
                "none of the server's SASL authentication mechanisms are supported"));
  }

  private List<ServerAction> begin(ScramClient exchange) {
    scram = exchange;
    try {
      SaslInitialResponse response =
          new SaslInitialResponse(exchange.mechanism(), exchange.first());
      return send(response.payload(), State.EXPECT_CONTINUE);
    } catch (ScramException e) {
      return failed(e);
    }
  }

  private List<ServerAction> challenge(byte[] serverFirst) {
    ScramClient exchange = scram;
    if (exchange == null) {
      return unexpected("a SASL challenge");
    }
    try {
      exchange.challenge(serverFirst);
    } catch (ScramException e) {
      return failed(e);
    }
    if (secret instanceof StoredSecret.Plain plain) {
      state = State.DERIVING;
      return List.of(new Derive(exchange.derivation(plain)));
    }
    return secret instanceof StoredSecret.ScramKeys keys ? answer(keys) : wrongType("SCRAM");
  }

  private List<ServerAction> answer(StoredSecret.ScramKeys keys) {
    ScramClient exchange = scram;
    if (exchange == null) {
      return unexpected("keys that nobody asked for");
    }
    try {
      return send(exchange.answer(keys), State.EXPECT_FINAL);
    } catch (ScramException e) {
      return failed(e);
    }
  }

  private List<ServerAction> verify(byte[] serverFinal) {
    ScramClient exchange = scram;
    if (exchange == null) {
      return unexpected("a SASL outcome");
    }
    try {
      exchange.verify(serverFinal);
      return next(State.EXPECT_OK);
    } catch (ScramException e) {
      return failed(e);
    }
  }

  // Before and after the authentication.

  private List<ServerAction> negotiated(Payload payload) {
    int version = payload.intOr(-1);
    int options = payload.intOr(-1);
    int minor = version & 0xffff; // old servers send the minor version alone
    if (state != State.EXPECT_REQUEST || negotiated) {
      return unexpected("NegotiateProtocolVersion");
    }
    if (version < 0 || options < 0 || minor > terms.minorProtocol()) {
      return failed("malformed NegotiateProtocolVersion");
    }
    negotiated = true;
    minorProtocol = minor;
    return refusedOptions(payload, options)
        ? await()
        : failed("malformed list of protocol options");
  }

  private boolean refusedOptions(Payload payload, int number) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Optional<String> name = payload.string();
      if (name.isEmpty()) {
        return false;
      }
      names.add(name.get());
    }
    refusedOptions = names;
    return !payload.hasMore();
  }

  private List<ServerAction> afterLogin(byte type, Payload payload) {
    if (state != State.EXPECT_READY) {
      return unexpected(named(type));
    }
    return switch (type) {
      case 'S' -> parameter(payload);
      case 'K' -> key(payload);
      default -> ready(payload);
    };
  }

  private List<ServerAction> parameter(Payload payload) {
    Optional<String> name = payload.string();
    Optional<String> value = payload.string();
    if (name.isEmpty() || name.get().isEmpty() || value.isEmpty() || payload.hasMore()) {
      return failed("malformed ParameterStatus");
    }
    parameters.put(name.get(), value.get());
    return await();
  }

  private List<ServerAction> key(Payload payload) {
    int keyBytes = payload.remaining() - Integer.BYTES;
    if (cancelKey.raw().length > 0) {
      return unexpected("a second BackendKeyData");
    }
    if (keyBytes < SHORTEST_KEY || keyBytes > LONGEST_KEY) {
      return failed("malformed BackendKeyData");
    }
    processId = payload.intOr(0);
    cancelKey = SecretBytes.of(payload.rest());
    return await();
  }

  private List<ServerAction> ready(Payload payload) {
    if (payload.remaining() != 1 || payload.byteOr((byte) 0) != 'I') {
      return failed("the server is not idle after the login");
    }
    state = State.READY;
    return List.of(
        new Ready(
            new ServerSession(processId, cancelKey, parameters, minorProtocol, refusedOptions)));
  }

  // How it fails.

  private List<ServerAction> unexpected(String what) {
    return failed("the server sent " + what + ", and " + expected());
  }

  private String expected() {
    return switch (state) {
      case EXPECT_REQUEST -> "an authentication request was expected";
      case EXPECT_CONTINUE -> "AuthenticationSASLContinue was expected";
      case DERIVING -> "nothing was expected before our answer";
      case EXPECT_FINAL -> "AuthenticationSASLFinal was expected";
      case EXPECT_OK -> "AuthenticationOk was expected";
      case EXPECT_READY -> "ParameterStatus, BackendKeyData or ReadyForQuery was expected";
      case READY, FAILED -> "the login has ended";
    };
  }

  private List<ServerAction> failed(ScramException e) {
    return failed(e.reason());
  }

  private List<ServerAction> failed(String message) {
    return failed(LoginFailure.protocol(message));
  }

  private List<ServerAction> failed(LoginFailure failure) {
    state = State.FAILED;
    return List.of(new Failed(failure));
  }

  private static String named(byte type) {
    return type > ' ' && type < 0x7f
        ? "a message of type '" + (char) type + "'"
        : "a message of type " + (type & 0xff);
  }

  @Override
  public String toString() {
    return "ServerLogin[" + state + "]";
  }
}
