package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.cstring;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.auth.ClientAction.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message in every state of a client's login. CVE-2026-107350 of PgBouncer: a second start-up
 * packet in the middle of SCRAM let a client in as anybody.
 */
class ClientAuthenticationTableTest {
  /** The states of {@link ClientAuthentication}, and how to get there. */
  enum State {
    NEW,
    PASSWORD,
    CHECKING,
    JUDGED,
    MD5,
    SASL_FIRST,
    MAKING,
    SASL_FINAL,
    ACCEPTED,
    REJECTED;

    ClientAuthentication reach() {
      ClientAuthentication login = start();
      assertThat(login).hasToString(login.toString().replaceFirst(", \\w+]", ", " + this + "]"));
      return login;
    }

    private ClientAuthentication start() {
      StoredSecret plain = Exchange.plain();
      StoredSecret verifier = Exchange.verifier();
      return switch (this) {
        case NEW -> Exchange.client(AuthMethod.PLAIN, plain);
        case PASSWORD -> begun(AuthMethod.PLAIN, plain);
        case CHECKING -> after(begun(AuthMethod.PLAIN, verifier), cstring(Exchange.PASSWORD));
        case JUDGED -> after(begun(AuthMethod.LDAP, plain), cstring(Exchange.PASSWORD));
        case MD5 -> begun(AuthMethod.MD5, plain);
        case SASL_FIRST -> begun(AuthMethod.SCRAM_SHA_256, verifier);
        case MAKING -> after(begun(AuthMethod.SCRAM_SHA_256, plain), FIRST);
        case SASL_FINAL -> after(begun(AuthMethod.SCRAM_SHA_256, verifier), FIRST);
        case ACCEPTED -> begun(AuthMethod.TRUST, plain);
        case REJECTED -> begun(AuthMethod.REJECT, plain);
      };
    }
  }

  private static final byte[] FIRST = Exchange.saslFirst("SCRAM-SHA-256", "n,,n=,r=abc");

  /** All types of messages that a client of any version can send, and some that nobody sends. */
  private static final String TYPES = "\0BCDEFHPQSXcdfhp\u0003\u0016\u00ff";

  record Cell(State state, byte type) {
    @Override
    public String toString() {
      return state + " × " + (type & 0xff);
    }
  }

  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (State state : State.values()) {
      TYPES.chars().forEach(type -> cells.add(new Cell(state, (byte) type)));
    }
    return cells;
  }

  @ParameterizedTest
  @MethodSource("cells")
  void noMessageIsLegalButAPasswordWhereOneIsAwaited(Cell cell) {
    ClientAuthentication login = cell.state().reach();

    List<ClientAction> actions = login.received(cell.type(), cstring("not the password"));

    assertThat(actions).singleElement().isInstanceOf(Rejected.class);
    boolean awaited =
        cell.type() == 'p' && List.of(State.PASSWORD, State.MD5).contains(cell.state());
    assertThat(((Rejected) actions.get(0)).sqlstate())
        .isEqualTo(awaited ? "28P01" : cell.type() == 'p' ? sasl(cell.state()) : "08P01");
    assertThat(login.hasEnded()).isTrue();
  }

  /** The last message of SCRAM is answered by SCRAM; all others are malformed or out of order. */
  private static String sasl(State state) {
    return state == State.SASL_FINAL ? "28P01" : "08P01";
  }

  @ParameterizedTest
  @MethodSource("cells")
  void nothingLeadsOutOfARejection(Cell cell) {
    ClientAuthentication login = cell.state().reach();
    login.received((byte) 'Q', new byte[0]);

    assertThat(login.received(cell.type(), cstring(Exchange.PASSWORD)).get(0))
        .isInstanceOf(Rejected.class);
    assertThat(login.derived(Exchange.keys())).noneMatch(ClientAction.Accepted.class::isInstance);
    assertThat(login.judged(Optional.empty())).noneMatch(ClientAction.Accepted.class::isInstance);
    assertThat(login.begin().get(0)).isInstanceOf(Rejected.class);
    assertThat(login.received((byte) 'p', FIRST).get(0)).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @EnumSource
  void aSecondStartIsRejected(State state) {
    if (state == State.NEW) {
      return;
    }

    assertThat(state.reach().begin()).singleElement().isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @EnumSource
  void keysThatNobodyAskedForLetNobodyIn(State state) {
    ClientAuthentication login = state.reach();

    List<ClientAction> actions = login.derived(Exchange.keys());

    switch (state) {
      case CHECKING -> assertThat(actions.get(0)).isInstanceOf(ClientAction.Accepted.class);
      case MAKING -> assertThat(actions.get(0)).isInstanceOf(ClientAction.SendRequest.class);
      case REJECTED -> assertThat(actions).isEmpty();
      default -> assertThat(actions).singleElement().isInstanceOf(Rejected.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aVerdictThatNobodyAskedForLetsNobodyIn(State state) {
    ClientAuthentication login = state.reach();

    List<ClientAction> actions = login.judged(Optional.empty());

    switch (state) {
      case JUDGED ->
          assertThat(actions).containsExactly(new ClientAction.Accepted(Exchange.plain()));
      case REJECTED -> assertThat(actions).isEmpty();
      default -> assertThat(actions).singleElement().isInstanceOf(Rejected.class);
    }
  }

  @Test
  void aPasswordThatAnotherServerRefusesIsRejectedAndTheReasonIsForTheLog() {
    ClientAuthentication login = State.JUDGED.reach();

    assertThat(login.judged(Optional.of("no entry")))
        .containsExactly(new Rejected("28P01", "LDAP authentication failed", "no entry"));
    assertThat(login.judged(Optional.empty())).isEmpty();
  }

  @Test
  void anEmptyPasswordIsJudgedByNobody() {
    ClientAuthentication login = begun(AuthMethod.LDAP, Exchange.plain());

    assertThat(login.received((byte) 'p', cstring("")))
        .containsExactly(
            new Rejected(
                "28P01", "empty password returned by client", "empty password returned by client"));
  }

  @ParameterizedTest
  @EnumSource
  void aMessageThatIsTooLongIsRejected(State state) {
    byte[] payload = new byte[ClientAuthentication.LONGEST_PASSWORD + 1];

    assertThat(state.reach().received((byte) 'p', payload))
        .singleElement()
        .isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @EnumSource
  void aMalformedPayloadIsRejected(State state) {
    List<byte[]> payloads =
        List.of(
            new byte[0],
            new byte[] {0},
            new byte[] {0, 0, 0, 0},
            Exchange.bytes("no NUL"),
            cstring("a\0b"),
            cstring("SCRAM-SHA-256"),
            new byte[] {'S', 0, 0x7f, -1, -1, -1, 'n'},
            new byte[] {'S', 0, -1, -1, -1, -1},
            Exchange.saslFirst("SCRAM-SHA-1", "n,,n=,r=abc"),
            Exchange.saslFirst("", ""));

    for (byte[] payload : payloads) {
      assertThat(state.reach().received((byte) 'p', payload))
          .singleElement()
          .isInstanceOf(Rejected.class);
    }
  }

  @Test
  void aClientThatIsRejectedWhileItsKeysAreDerivedStaysRejected() {
    ClientAuthentication login = State.CHECKING.reach();

    login.received((byte) 0, new byte[0]);

    assertThat(login.derived(Exchange.keys())).isEmpty();
    assertThat(login.hasEnded()).isTrue();
  }

  private static ClientAuthentication begun(AuthMethod method, StoredSecret secret) {
    ClientAuthentication login = Exchange.client(method, Optional.of(secret), ClientFacts.NONE);
    login.begin();
    return login;
  }

  private static ClientAuthentication after(ClientAuthentication login, byte[] payload) {
    login.received((byte) 'p', payload);
    return login;
  }
}
