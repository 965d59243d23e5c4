package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.bytes;
import static dev.sluice.pgwire.auth.Exchange.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.auth.ServerAction.Failed;
import dev.sluice.pgwire.auth.ServerAction.Ready;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerLoginTest {
  private static final ChannelBinding CERTIFICATE = ChannelBinding.of(bytes("certificate"));

  @Test
  void whatTheServerTellsIsTheSession() {
    ServerLogin login =
        login(Exchange.plain(), new ServerTerms(ChannelBinding.none(), false, 1, 2));
    byte[] negotiation =
        ByteBuffer.allocate(16).putInt(3 << 16).putInt(1).put(bytes("_pq_.x\0\0"), 0, 7).array();
    login.received((byte) 'v', java.util.Arrays.copyOf(negotiation, 15));
    login.received((byte) 'R', request(0));
    login.received((byte) 'S', bytes("TimeZone\0UTC\0"));
    login.received((byte) 'S', bytes("search_path\0\0"));
    login.received((byte) 'K', ByteBuffer.allocate(8).putInt(77).putInt(88).array());

    List<ServerAction> actions = login.received((byte) 'Z', bytes("I"));

    ServerSession session = ((Ready) actions.get(0)).session();
    assertThat(session.processId()).isEqualTo(77);
    assertThat(session.cancelKeyBytes()).containsExactly(0, 0, 0, 88);
    assertThat(session.parameters()).isEqualTo(Map.of("TimeZone", "UTC", "search_path", ""));
    assertThat(session.minorProtocol()).isZero();
    assertThat(session.refusedOptions()).containsExactly("_pq_.x");
    assertThat(session.toString()).doesNotContain("88");
  }

  /** CVE-2026-6666 of PgBouncer: an error without SQLSTATE ended the process. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "SFATAL;VFATAL;C28P01;Mno;;|FATAL|28P01|no",
        "SFATAL;Mno;;|FATAL|08P01|no",
        "Mno;;|FATAL|08P01|no",
        "Cx;Mno;;|FATAL|08P01|no",
        "C;Mno;;|FATAL|08P01|no",
        "Mno|FATAL|08P01|no",
        ";|FATAL|08P01|the server sent an error without a message",
        "''|FATAL|08P01|the server sent an error without a message",
        "S|FATAL|08P01|the server sent an error without a message",
        "Sx;VERROR;C57P03;Mlater;;|ERROR|57P03|later",
        "?x;C57P03;Mlater;;|FATAL|57P03|later",
      })
  void anErrorWithoutItsFieldsIsSurvived(
      String fields, String severity, String sqlstate, String message) {
    ServerLogin login = Exchange.server(Exchange.plain());

    List<ServerAction> actions = login.received((byte) 'E', bytes(fields.replace(';', '\0')));

    assertThat(((Failed) actions.get(0)).failure())
        .isEqualTo(new LoginFailure(LoginFailure.Origin.SERVER, severity, sqlstate, message));
  }

  @Test
  void aServerThatBeganScramCannotSkipItsProof() {
    ServerLogin login = Exchange.server(Exchange.plain());
    login.received((byte) 'R', request(10, bytes("SCRAM-SHA-256\0\0")));

    assertThat(failure(login.received((byte) 'R', request(0))).message())
        .isEqualTo("the server sent AuthenticationOk, and AuthenticationSASLContinue was expected");
  }

  @ParameterizedTest
  @CsvSource({
    "2,Kerberos V5 authentication",
    "6,SCM credentials",
    "7,GSSAPI authentication",
    "9,SSPI authentication",
    "13,an unknown authentication method (13)"
  })
  void whatIsNotSupportedIsNamed(int code, String name) {
    LoginFailure failure =
        failure(Exchange.server(Exchange.plain()).received((byte) 'R', request(code)));

    assertThat(failure.message())
        .isEqualTo("the server asks for " + name + ", which is not supported");
    assertThat(failure.origin()).isEqualTo(LoginFailure.Origin.SECRET);
  }

  @Test
  void aSecretOfTheWrongKindIsNamed() {
    byte[] md5 = request(5, bytes("salt"));
    byte[] scram = request(10, bytes("SCRAM-SHA-256\0\0"));

    assertThat(refusal(Exchange.md5(), request(3)))
        .isEqualTo("cannot do cleartext authentication: wrong password type");
    assertThat(refusal(Exchange.verifier(), md5))
        .isEqualTo("cannot do MD5 authentication: wrong password type");
    assertThat(refusal(Exchange.md5(), scram))
        .isEqualTo("cannot do SCRAM authentication: wrong password type");
    assertThat(refusal(StoredSecret.none(), scram))
        .isEqualTo("cannot do SCRAM authentication: wrong password type");
    assertThat(refusal(Exchange.verifier(), scram))
        .contains("client authentication did not provide SCRAM keys");
  }

  /** CVE-2025-49146 of pgjdbc: required binding was forgotten when the server asked otherwise. */
  @Test
  void aRequiredBindingIsNeverForgone() {
    ServerTerms required = new ServerTerms(CERTIFICATE, true, 4_096, 0);
    ServerTerms impossible = new ServerTerms(ChannelBinding.none(), true, 4_096, 0);
    byte[] both = request(10, bytes("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"));

    for (byte[] request :
        List.of(
            request(0),
            request(3),
            request(5, bytes("salt")),
            request(10, bytes("SCRAM-SHA-256\0\0")))) {
      assertThat(failure(login(Exchange.plain(), required).received((byte) 'R', request)).message())
          .startsWith("channel binding is required");
    }
    assertThat(failure(login(Exchange.plain(), impossible).received((byte) 'R', both)).message())
        .isEqualTo("channel binding is required, and there is no TLS certificate to bind to");
    assertThat(login(Exchange.plain(), required).received((byte) 'R', both).get(0))
        .isInstanceOf(ServerAction.Send.class);
  }

  @Test
  void aServerThatNeverComesToTheEndIsGivenUp() {
    ServerLogin login = Exchange.server(Exchange.plain());
    login.received((byte) 'R', request(0));

    List<ServerAction> actions = List.of();
    int sent = 0;
    while (!login.hasEnded()) {
      actions = login.received((byte) 'S', bytes("n" + sent++ + "\0v\0"));
    }

    assertThat(sent).isEqualTo(ServerLogin.MOST_MESSAGES);
    assertThat(failure(actions).message()).contains("sent too much");
  }

  @Test
  void aServerThatSendsTooManyBytesIsGivenUp() {
    ServerLogin login = Exchange.server(Exchange.plain());
    byte[] half = new byte[login.longest() / 2 + 1];

    assertThat(login.received((byte) 'N', half).get(0)).isNotInstanceOf(Failed.class);
    assertThat(login.longest()).isLessThan(half.length);
    assertThat(failure(login.received((byte) 'N', half)).message()).contains("sent too much");
    assertThat(login.longest()).isZero();
  }

  private static String refusal(StoredSecret secret, byte[] request) {
    return failure(Exchange.server(secret).received((byte) 'R', request)).message();
  }

  private static LoginFailure failure(List<ServerAction> actions) {
    return ((Failed) actions.get(0)).failure();
  }

  private static ServerLogin login(StoredSecret secret, ServerTerms terms) {
    return new ServerLogin(Exchange.USER, secret, terms, new Random(2));
  }
}
