package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.bytes;
import static dev.sluice.pgwire.auth.Exchange.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.auth.ServerAction.Failed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message in every state of a login at a server. */
class ServerLoginTableTest {
  /** The states of {@link ServerLogin}, and how to get there. */
  enum State {
    EXPECT_REQUEST,
    EXPECT_CONTINUE,
    DERIVING,
    EXPECT_FINAL,
    EXPECT_OK,
    EXPECT_READY,
    READY,
    FAILED;

    ServerLogin reach() {
      ServerLogin login = start();
      assertThat(login).hasToString("ServerLogin[" + this + "]");
      return login;
    }

    private ServerLogin start() {
      return switch (this) {
        case EXPECT_REQUEST -> Exchange.server(Exchange.plain());
        case EXPECT_CONTINUE -> after(EXPECT_REQUEST.start(), 'R', SASL);
        case DERIVING -> challenged(Exchange.server(Exchange.plain()));
        case EXPECT_FINAL -> challenged(Exchange.server(Exchange.keys()));
        case EXPECT_OK -> after(EXPECT_REQUEST.start(), 'R', request(3));
        case EXPECT_READY -> after(EXPECT_REQUEST.start(), 'R', request(0));
        case READY -> after(EXPECT_READY.start(), 'Z', bytes("I"));
        case FAILED -> after(EXPECT_REQUEST.start(), '?', new byte[0]);
      };
    }
  }

  private static final byte[] SASL = request(10, bytes("SCRAM-SHA-256\0\0"));

  /** Messages, and the states in which they are legal. */
  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to them
  enum Message {
    OK('R', request(0), State.EXPECT_REQUEST, State.EXPECT_OK),
    KERBEROS('R', request(2)),
    CLEARTEXT('R', request(3), State.EXPECT_REQUEST),
    MD5('R', request(5, bytes("salt")), State.EXPECT_REQUEST),
    MD5_WITHOUT_SALT('R', request(5)),
    SCM('R', request(6)),
    GSS('R', request(7)),
    GSS_CONTINUE('R', request(8)),
    SSPI('R', request(9)),
    SASL_START('R', SASL, State.EXPECT_REQUEST),
    SASL_OF_NOTHING_KNOWN('R', request(10, bytes("SCRAM-SHA-512\0OAUTHBEARER\0\0"))),
    SASL_WITHOUT_END('R', request(10, bytes("SCRAM"))),
    SASL_CONTINUE('R', request(11, bytes("r=x,s=AAAA,i=1"))),
    SASL_FINAL('R', request(12, bytes("v=AAAA"))),
    UNKNOWN_REQUEST('R', request(99)),
    REQUEST_WITHOUT_CODE('R', new byte[2]),
    PARAMETER('S', bytes("TimeZone\0UTC\0"), State.EXPECT_READY),
    PARAMETER_WITHOUT_VALUE('S', bytes("TimeZone\0")),
    PARAMETER_WITH_GARBAGE('S', bytes("TimeZone\0UTC\0x")),
    KEY('K', new byte[8], State.EXPECT_READY),
    KEY_OF_3_2('K', new byte[36], State.EXPECT_READY),
    KEY_TOO_SHORT('K', new byte[7]),
    KEY_TOO_LONG('K', new byte[261]),
    NO_KEY('K', new byte[0]),
    READY('Z', bytes("I"), State.EXPECT_READY),
    READY_IN_A_TRANSACTION('Z', bytes("T")),
    READY_WITHOUT_STATUS('Z', new byte[0]),
    NOTICE(
        'N',
        bytes("SNOTICE\0\0"),
        State.EXPECT_REQUEST,
        State.EXPECT_CONTINUE,
        State.EXPECT_FINAL,
        State.EXPECT_OK,
        State.EXPECT_READY),
    NEGOTIATION('v', ByteBuffer.allocate(8).putInt(3 << 16).array(), State.EXPECT_REQUEST),
    NEGOTIATION_UP('v', ByteBuffer.allocate(8).putInt(3 << 16 | 9).array()),
    NEGOTIATION_OF_MANY('v', ByteBuffer.allocate(8).putInt(0).putInt(1 << 30).array()),
    NEGOTIATION_CUT('v', new byte[3]),
    ERROR('E', bytes("SFATAL\0C28P01\0Mno\0\0")),
    NOTIFICATION('A', new byte[12]),
    ROW('D', new byte[2]),
    COMPLETE('C', bytes("SELECT 1\0")),
    COPY('G', new byte[3]),
    NUL('\0', new byte[0]);

    final byte type;
    final byte[] payload;
    final Set<State> legal;

    Message(int type, byte[] payload, State... legal) {
      this.type = (byte) type;
      this.payload = payload;
      this.legal = EnumSet.noneOf(State.class);
      this.legal.addAll(List.of(legal));
    }
  }

  record Cell(State state, Message message) {
    @Override
    public String toString() {
      return state + " × " + message;
    }
  }

  static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (State state : State.values()) {
      for (Message message : Message.values()) {
        cells.add(new Cell(state, message));
      }
    }
    return cells;
  }

  @ParameterizedTest
  @MethodSource("cells")
  void onlyTheLegalMessagesLeadOn(Cell cell) {
    ServerLogin login = cell.state().reach();

    List<ServerAction> actions = login.received(cell.message().type, cell.message().payload);

    if (cell.message().legal.contains(cell.state())) {
      assertThat(actions).isNotEmpty().noneMatch(Failed.class::isInstance);
    } else {
      assertThat(actions).singleElement().isInstanceOf(Failed.class);
      LoginFailure failure = ((Failed) actions.get(0)).failure();
      assertThat(failure.message()).hasSizeBetween(2, 200);
      assertThat(failure.sqlstate()).matches("[0-9A-Z]{5}");
      assertThat(login.derived(Exchange.keys())).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void nothingLeadsOutOfAFailure(Cell cell) {
    ServerLogin login = cell.state().reach();
    login.received((byte) '?', new byte[0]);

    assertThat(login.received(cell.message().type, cell.message().payload))
        .singleElement()
        .isInstanceOf(Failed.class);
  }

  private static ServerLogin after(ServerLogin login, int type, byte[] payload) {
    login.received((byte) type, payload);
    return login;
  }

  private static ServerLogin challenged(ServerLogin login) {
    List<ServerAction> actions = login.received((byte) 'R', SASL);
    byte[] sent = ((ServerAction.Send) actions.get(0)).payload();
    String nonce = ScramExchangeTest.nonceOf(SaslInitialResponse.parse(sent).orElseThrow().data());
    return after(login, 'R', request(11, bytes("r=" + nonce + "x,s=AAAA,i=1")));
  }
}
