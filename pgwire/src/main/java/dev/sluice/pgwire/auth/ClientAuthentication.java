package dev.sluice.pgwire.auth;

import dev.sluice.pgwire.auth.ClientAction.Accepted;
import dev.sluice.pgwire.auth.ClientAction.AwaitMessage;
import dev.sluice.pgwire.auth.ClientAction.Derive;
import dev.sluice.pgwire.auth.ClientAction.Judge;
import dev.sluice.pgwire.auth.ClientAction.Rejected;
import dev.sluice.pgwire.auth.ClientAction.SendRequest;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The login of one client, from its start-up packet to AuthenticationOk.
 *
 * <pre>
 *                 +--> PASSWORD ------> (CHECKING) ---------------+
 *                 |        +----------> (JUDGED) -----------------+
 *   NEW --begin---+--> MD5 ---------------------------------------+--> ACCEPTED
 *                 +--> SASL_FIRST ----> (MAKING) ----> SASL_FINAL-+
 *                 |                                               |
 *                 +-- trust, any, cert, peer, reject -------------+--> REJECTED
 * </pre>
 *
 * <p>In PASSWORD, MD5, SASL_FIRST and SASL_FINAL one message of type {@code p} is legal, and
 * nothing else. In CHECKING and MAKING a worker derives keys, and only {@link #derived} is legal.
 * In JUDGED another server judges the password, and only {@link #judged} is legal. Anything else
 * rejects the client, in whatever state, and nothing leads out of REJECTED. So no second start-up
 * packet, and no message sent too early, changes who the client claims to be: that is fixed when
 * this object is created. A login reads at most two messages.
 *
 * <p>A user who does not exist is asked like any other, and refused at the end with the same words.
 *
 * <p>Not thread-safe; no call blocks.
 */
public final class ClientAuthentication {
  /** The longest password, with its NUL. In bytes. */
  static final int LONGEST_PASSWORD = 65_536;

  /** The longest name of a mechanism, and the fields beside it. In bytes. */
  private static final int SASL_OVERHEAD = 64;

  private static final int REQUEST_PASSWORD = 3;
  private static final int REQUEST_MD5 = 5;
  private static final int REQUEST_SASL = 10;
  private static final int REQUEST_SASL_CONTINUE = 11;
  private static final int REQUEST_SASL_FINAL = 12;

  private static final String WRONG_PASSWORD = "28P01";
  private static final String NOT_AUTHORIZED = "28000";
  private static final String PROTOCOL_VIOLATION = "08P01";

  private enum State {
    NEW,
    PASSWORD,
    CHECKING,
    JUDGED,
    MD5,
    SASL_FIRST,
    MAKING,
    SASL_FINAL,
    ACCEPTED,
    REJECTED
  }

  private final Authenticator shared;
  private final ClientRequest request;
  private final StoredSecret secret;

  private State state = State.NEW;
  private byte[] md5Salt = new byte[0];

  /** The password that the client sent, while a worker checks it. */
  private StoredSecret sent = StoredSecret.none();

  /** The client's first message, while a worker makes the verifier that the answer needs. */
  private byte[] clientFirst = new byte[0];

  private boolean plus;
  private @Nullable ScramServer scram;

  /** Begins the login that the request describes. */
  public ClientAuthentication(Authenticator shared, ClientRequest request) {
    this.shared = shared;
    this.request = request;
    this.secret = request.secret().orElse(StoredSecret.none());
  }

  /** What to do first. Legal once. */
  public List<ClientAction> begin() {
    if (state != State.NEW) {
      return outOfOrder("a second start of the login");
    }
    return switch (request.method()) {
      case ANY -> accept(secret);
      case TRUST -> isKnown() ? accept(secret) : reject("\"trust\" authentication failed");
      case PLAIN, LDAP -> ask(State.PASSWORD, REQUEST_PASSWORD, new byte[0], LONGEST_PASSWORD);
      case MD5 -> secret instanceof StoredSecret.ScramVerifier ? askSasl() : askMd5();
      case SCRAM_SHA_256 -> askSasl();
      case CERT -> byCertificate();
      case PEER -> byAccount();
      case REJECT -> reject("login rejected");
    };
  }

  /**
   * Takes a message from the client.
   *
   * @param type the message's type
   * @param payload its content without type and length, which the caller has bounded by the last
   *     {@link AwaitMessage}
   */
  public List<ClientAction> received(byte type, byte[] payload) {
    if (type != 'p') {
      return outOfOrder("a message of type " + shown(type));
    }
    if (payload.length > longest()) {
      return outOfOrder("a message of " + payload.length + " bytes");
    }
    return switch (state) {
      case PASSWORD -> password(payload);
      case MD5 -> md5(payload);
      case SASL_FIRST -> saslFirst(payload);
      case SASL_FINAL -> saslFinal(payload);
      default -> outOfOrder("a password message");
    };
  }

  /**
   * Takes the keys that {@link Derive} asked for. If the client was rejected meanwhile, nothing.
   */
  public List<ClientAction> derived(StoredSecret.ScramKeys keys) {
    return switch (state) {
      case CHECKING -> checked(keys);
      case MAKING -> made(keys);
      case REJECTED -> List.of();
      default -> outOfOrder("keys that nobody asked for");
    };
  }

  /**
   * Takes the verdict that {@link Judge} asked for. If the client was rejected meanwhile, nothing.
   *
   * @param refusal why the other server does not let the user in, for the log; empty if it does
   */
  public List<ClientAction> judged(Optional<String> refusal) {
    return switch (state) {
      case JUDGED ->
          refusal
              .map(reason -> reject(WRONG_PASSWORD, "LDAP authentication failed", reason))
              .orElseGet(() -> accept(sent));
      case REJECTED -> List.of();
      default -> outOfOrder("a verdict that nobody asked for");
    };
  }

  /** Whether the login has ended, one way or the other. */
  public boolean hasEnded() {
    return state == State.ACCEPTED || state == State.REJECTED;
  }

  private boolean isKnown() {
    return request.secret().isPresent();
  }

  private int longest() {
    return switch (state) {
      case PASSWORD, MD5 -> LONGEST_PASSWORD;
      case SASL_FIRST, SASL_FINAL -> ScramText.LONGEST_MESSAGE + SASL_OVERHEAD;
      default -> 0;
    };
  }

  private List<ClientAction> ask(State next, int code, byte[] payload, int longest) {
    state = next;
    return List.of(new SendRequest(code, payload), new AwaitMessage(longest));
  }

  // The password itself.

  private List<ClientAction> password(byte[] payload) {
    byte[] password = withoutNul(payload);
    if (password.length != payload.length - 1) {
      return violation("malformed password message");
    }
    if (password.length == 0) {
      return reject(WRONG_PASSWORD, "empty password returned by client");
    }
    StoredSecret.Plain plain = new StoredSecret.Plain(SecretBytes.of(password));
    sent = plain;
    if (request.method() == AuthMethod.LDAP) {
      state = State.JUDGED;
      return List.of(new Judge(plain));
    }
    if (secret instanceof StoredSecret.ScramVerifier verifier) {
      return check(plain, verifier);
    }
    // Takes as long as a SCRAM secret would, so that the time does not tell which users exist.
    return isKnown() ? matched(matches(plain)) : check(plain, shared.mockVerifier(request.user()));
  }

  private List<ClientAction> check(StoredSecret.Plain plain, StoredSecret.ScramVerifier verifier) {
    if (verifier.iterations() > ServerLogin.DEFAULT_MAX_ITERATIONS) {
      return wrongPassword("the stored SCRAM secret has too many iterations to be checked");
    }
    state = State.CHECKING;
    return List.of(
        new Derive(new KeyDerivation(plain.password(), verifier.salt(), verifier.iterations())));
  }

  private List<ClientAction> checked(StoredSecret.ScramKeys keys) {
    return matched(secret instanceof StoredSecret.ScramVerifier verifier && verifier.matches(keys));
  }

  private boolean matches(StoredSecret.Plain plain) {
    if (secret instanceof StoredSecret.Md5Hash hash) {
      return hash.equals(Md5.hash(plain, request.user()));
    }
    return secret.equals(plain);
  }

  private List<ClientAction> matched(boolean right) {
    return right ? accept(sent) : wrongPassword("wrong password");
  }

  // md5

  private List<ClientAction> askMd5() {
    md5Salt = new byte[Md5.SALT_BYTES];
    shared.random().nextBytes(md5Salt);
    return ask(State.MD5, REQUEST_MD5, md5Salt.clone(), LONGEST_PASSWORD);
  }

  private List<ClientAction> md5(byte[] payload) {
    byte[] answer = withoutNul(payload);
    if (answer.length != payload.length - 1) {
      return violation("malformed password message");
    }
    Optional<StoredSecret.Md5Hash> hash = md5Hash();
    boolean right =
        hash.isPresent() && MessageDigest.isEqual(answer, Md5.answer(hash.get(), md5Salt));
    return right ? accept(secret) : wrongPassword("wrong password");
  }

  private Optional<StoredSecret.Md5Hash> md5Hash() {
    if (secret instanceof StoredSecret.Md5Hash hash) {
      return Optional.of(hash);
    }
    return secret instanceof StoredSecret.Plain plain
        ? Optional.of(Md5.hash(plain, request.user()))
        : Optional.empty();
  }

  // SCRAM

  private List<ClientAction> askSasl() {
    String plusOffer = offersPlus() ? ScramText.MECHANISM_PLUS + "\0" : "";
    byte[] offer = ScramText.bytes(plusOffer + ScramText.MECHANISM + "\0\0");
    int longest = ScramText.LONGEST_MESSAGE + SASL_OVERHEAD;
    return ask(State.SASL_FIRST, REQUEST_SASL, offer, longest);
  }

  private boolean offersPlus() {
    return request.facts().tls() && request.facts().binding().isPresent();
  }

  private List<ClientAction> saslFirst(byte[] payload) {
    SaslInitialResponse response = SaslInitialResponse.parse(payload).orElse(null);
    if (response == null) {
      return violation("malformed SASLInitialResponse");
    }
    plus = response.mechanism().equals(ScramText.MECHANISM_PLUS);
    if (!response.mechanism().equals(ScramText.MECHANISM) && !(plus && offersPlus())) {
      return violation("client selected an invalid SASL authentication mechanism");
    }
    clientFirst = response.data();
    if (secret instanceof StoredSecret.Plain plain) {
      return withVerifierOf(plain);
    }
    return secret instanceof StoredSecret.ScramVerifier verifier
        ? challenge(verifier, false)
        : challenge(shared.mockVerifier(request.user()), true);
  }

  private List<ClientAction> withVerifierOf(StoredSecret.Plain plain) {
    Optional<StoredSecret.ScramVerifier> before = shared.madeBefore(request.user(), plain);
    if (before.isPresent()) {
      return challenge(before.get(), false);
    }
    state = State.MAKING;
    return List.of(new Derive(shared.derivation(request.user(), plain)));
  }

  private List<ClientAction> made(StoredSecret.ScramKeys keys) {
    return secret instanceof StoredSecret.Plain plain
        ? challenge(shared.make(request.user(), plain, keys), false)
        : outOfOrder("keys that nobody asked for");
  }

  private List<ClientAction> challenge(StoredSecret.ScramVerifier verifier, boolean doomed) {
    ChannelBinding binding = offersPlus() ? request.facts().binding() : ChannelBinding.none();
    ScramServer exchange = new ScramServer(verifier, doomed, plus, binding, shared.random());
    scram = exchange;
    try {
      byte[] serverFirst = exchange.first(clientFirst);
      int longest = ScramText.LONGEST_MESSAGE;
      return ask(State.SASL_FINAL, REQUEST_SASL_CONTINUE, serverFirst, longest);
    } catch (ScramException e) {
      return saslFailed(e);
    }
  }

  private List<ClientAction> saslFinal(byte[] payload) {
    ScramServer exchange = scram;
    if (exchange == null) {
      return outOfOrder("a SASL response");
    }
    try {
      byte[] serverFinal = exchange.last(payload);
      state = State.ACCEPTED;
      StoredSecret forServer =
          secret instanceof StoredSecret.ScramVerifier ? exchange.keys() : secret;
      return List.of(new SendRequest(REQUEST_SASL_FINAL, serverFinal), new Accepted(forServer));
    } catch (ScramException e) {
      return saslFailed(e);
    }
  }

  private List<ClientAction> saslFailed(ScramException e) {
    return reject(WRONG_PASSWORD, "SASL authentication failed", because(e.reason()));
  }

  // Proofs that come with the connection.

  private List<ClientAction> byCertificate() {
    List<String> names = request.facts().certificateNames();
    if (!request.facts().tls()) {
      return noCertificate("TLS connection required");
    }
    if (names.isEmpty()) {
      return noCertificate("TLS client certificate required");
    }
    if (!isKnown()) {
      return noCertificate("no such user");
    }
    IdentMap map = request.identMap().orElse(null);
    if (map == null) {
      boolean named = names.contains(request.user());
      return named ? accept(secret) : noCertificate("TLS certificate name mismatch");
    }
    boolean mapped = names.stream().anyMatch(name -> map.allows(name, request.user()));
    return mapped
        ? accept(secret)
        : noCertificate("ident map: " + map.name() + " does not have a match");
  }

  private List<ClientAction> noCertificate(String log) {
    return reject(NOT_AUTHORIZED, "certificate authentication failed", log);
  }

  private List<ClientAction> byAccount() {
    String account = request.facts().account().orElse(null);
    if (account == null || !isKnown()) {
      return noPeer(account == null ? "not a Unix socket" : "no such user");
    }
    IdentMap map = request.identMap().orElse(null);
    if (map == null) {
      boolean same = account.equals(request.user());
      return same ? accept(secret) : noPeer("the client runs as another account");
    }
    return map.allows(account, request.user())
        ? accept(secret)
        : noPeer("ident map " + map.name() + " cannot be matched");
  }

  private List<ClientAction> noPeer(String log) {
    return reject(NOT_AUTHORIZED, "unix socket login rejected", log);
  }

  // How it ends.

  private List<ClientAction> accept(StoredSecret forServer) {
    state = State.ACCEPTED;
    return List.of(new Accepted(forServer));
  }

  private List<ClientAction> wrongPassword(String log) {
    return reject(WRONG_PASSWORD, "password authentication failed", because(log));
  }

  /** The log may say what the client must not learn. */
  private String because(String reason) {
    if (!isKnown()) {
      return "no such user: " + Printable.of(request.user());
    }
    return secret.equals(StoredSecret.none()) ? "the user has no password" : reason;
  }

  private List<ClientAction> reject(String message) {
    return reject(NOT_AUTHORIZED, message, message);
  }

  private List<ClientAction> reject(String sqlstate, String message) {
    return reject(sqlstate, message, message);
  }

  private List<ClientAction> reject(String sqlstate, String message, String log) {
    state = State.REJECTED;
    sent = StoredSecret.none();
    clientFirst = new byte[0];
    return List.of(new Rejected(sqlstate, message, log));
  }

  private List<ClientAction> violation(String what) {
    return reject(PROTOCOL_VIOLATION, what, what);
  }

  private List<ClientAction> outOfOrder(String what) {
    return violation("unexpected during login: " + what);
  }

  private static String shown(byte type) {
    return type > ' ' && type < 0x7f ? "'" + (char) type + "'" : String.valueOf(type & 0xff);
  }

  /** The bytes before the first NUL. */
  private static byte[] withoutNul(byte[] payload) {
    int end = 0;
    while (end < payload.length && payload[end] != 0) {
      end++;
    }
    return Arrays.copyOf(payload, end);
  }

  @Override
  public String toString() {
    return "ClientAuthentication[" + request.method() + ", " + state + "]";
  }
}
