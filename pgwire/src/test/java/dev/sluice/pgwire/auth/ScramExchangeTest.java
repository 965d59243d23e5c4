package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SCRAM server against our client and against messages that no honest client sends. */
class ScramExchangeTest {
  private static final ChannelBinding CERTIFICATE = ChannelBinding.of(bytes("certificate"));
  private static final String NO_BINDING = "biws";

  private final Random random = new Random(3);

  @Test
  void theRightPasswordOpens() throws ScramException {
    ScramServer server = server(false, ChannelBinding.none());
    ScramClient client = ScramClient.plain(false, 4_096, random);

    exchange(server, client, UnaryOperator.identity());

    assertThat(client.isDone()).isTrue();
    assertThat(server.keys()).isEqualTo(Exchange.keys());
  }

  @Test
  void theLearntKeysOpenTheSameVerifier() throws ScramException {
    ScramServer server = server(false, ChannelBinding.none());
    exchange(server, ScramClient.plain(false, 4_096, random), UnaryOperator.identity());
    ScramServer next = server(false, ChannelBinding.none());
    ScramClient client = ScramClient.plain(false, 4_096, random);

    client.challenge(next.first(client.first()));
    client.verify(next.last(client.answer(server.keys())));

    assertThat(client.isDone()).isTrue();
  }

  @Test
  void channelBindingToTheSameCertificateOpens() throws ScramException {
    ScramClient client = ScramClient.plus(CERTIFICATE, 4_096, random);

    exchange(server(true, CERTIFICATE), client, UnaryOperator.identity());

    assertThat(client.isDone()).isTrue();
    assertThat(client.mechanism()).isEqualTo("SCRAM-SHA-256-PLUS");
  }

  @Test
  void anotherCertificateInTheMiddleIsNoticed() {
    ScramClient client = ScramClient.plus(ChannelBinding.of(bytes("the middle's")), 4_096, random);

    assertThatThrownBy(() -> exchange(server(true, CERTIFICATE), client, UnaryOperator.identity()))
        .hasMessageContaining("the client sees another certificate");
  }

  /** CVE-2026-54291 of pgjdbc: an empty binding passed for one. */
  @Test
  void anEmptyBindingIsNoBinding() {
    assertThat(ChannelBinding.of(new byte[0]).isPresent()).isFalse();
    assertThatThrownBy(() -> ScramClient.plus(ChannelBinding.none(), 4_096, random))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                server(true, ChannelBinding.none())
                    .first(bytes("p=tls-server-end-point,,n=,r=abc")))
        .isInstanceOf(ScramException.class);
  }

  @Test
  void anOfferThatWasChangedInTheMiddleIsNoticed() {
    ScramClient client = ScramClient.plain(true, 4_096, random);

    assertThatThrownBy(() -> server(false, CERTIFICATE).first(client.first()))
        .hasMessageContaining("perhaps somebody in the middle");
  }

  @Test
  void aClientThatCouldBindOpensAServerThatCannot() throws ScramException {
    ScramClient client = ScramClient.plain(true, 4_096, random);

    exchange(server(false, ChannelBinding.none()), client, UnaryOperator.identity());

    assertThat(client.isDone()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|flag",
        "n|attribute n expected",
        "n,|attribute n expected",
        "x,,n=,r=abc|flag",
        "p=tls-unique,,n=,r=abc|unsupported type",
        "p=tls-server-end-point,,n=,r=abc|was not negotiated",
        "n,a=root,n=,r=abc|authorization identity",
        "n,,m=1,n=,r=abc|extension",
        "n,,r=abc|attribute n expected",
        "n,,n=|attribute r expected",
        "n,,n=,r=|nonce is empty",
        "n,,n=,r=a b|unprintable",
        "n,,n=,x=abc|attribute r expected",
      })
  void aMalformedFirstMessageIsRefused(String message, String reason) {
    ScramServer server = server(false, ChannelBinding.none());

    assertThatThrownBy(() -> server.first(bytes(message)))
        .isInstanceOf(ScramException.class)
        .hasMessageContaining(reason);
    assertThatThrownBy(() -> server.first(bytes("n,,n=,r=abc")))
        .hasMessageContaining("out of order");
  }

  /** CVE-2026-6664 and CVE-2026-6665 of PgBouncer: long messages and nonces ran over a buffer. */
  @Test
  void whatIsTooLongIsRefusedOnBothSides() throws ScramException {
    String long1 = "n,,n=,r=" + "x".repeat(ScramText.LONGEST_NONCE + 1);
    String long2 = "n,,n=" + "x".repeat(ScramText.LONGEST_MESSAGE) + ",r=abc";
    assertThatThrownBy(() -> server(false, ChannelBinding.none()).first(bytes(long1)))
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> server(false, ChannelBinding.none()).first(bytes(long2)))
        .hasMessageContaining("the limit is 4096");

    ScramClient client = ScramClient.plain(false, 4_096, random);
    String nonce = nonceOf(client.first());
    String challenge = "r=" + nonce + "x".repeat(ScramText.LONGEST_NONCE) + ",s=AAAA,i=1";
    assertThatThrownBy(() -> client.challenge(bytes(challenge))).hasMessageContaining("too long");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c=biws|c=biws,m=x|nonce|attribute r expected",
        "r=|r=x|nonce|nonce does not match",
        "c=biws|c=eSws|binding|channel-binding attribute",
        "c=biws|c=!|base64|is not in base64",
        ",p=|,x=|proof|attribute p expected",
        ",p=.*|,p=AAAA|short|proof has 3 bytes",
        ",p=|,p=!|base64|is not in base64",
      })
  void aMalformedLastMessageIsRefused(String from, String to, String what, String reason) {
    ScramServer server = server(false, ChannelBinding.none());
    ScramClient client = ScramClient.plain(false, 4_096, random);

    assertThatThrownBy(() -> exchange(server, client, last -> last.replaceFirst(from, to)))
        .as(what)
        .isInstanceOf(ScramException.class)
        .hasMessageContaining(reason);
    assertThatThrownBy(server::keys).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anExtensionBeforeTheProofIsIgnoredAndSigned() {
    ScramClient client = ScramClient.plain(false, 4_096, random);

    assertThatThrownBy(
            () ->
                exchange(
                    server(false, ChannelBinding.none()),
                    client,
                    last -> last.replace(",p=", ",x=1,p=")))
        .as("the proof covers the extension")
        .hasMessageContaining("proof does not match");
  }

  @Test
  void garbageAfterTheProofIsRefused() {
    ScramClient client = ScramClient.plain(false, 4_096, random);

    assertThatThrownBy(
            () -> exchange(server(false, ChannelBinding.none()), client, last -> last + ",x=1"))
        .hasMessageContaining("garbage after the proof");
  }

  @Test
  void aProofWithOneWrongBitIsRefused() {
    ScramClient client = ScramClient.plain(false, 4_096, random);

    assertThatThrownBy(
            () -> exchange(server(false, ChannelBinding.none()), client, this::withOneWrongBit))
        .hasMessageContaining("proof does not match");
  }

  private String withOneWrongBit(String last) {
    int at = last.indexOf(",p=") + 3;
    return last.substring(0, at) + (last.charAt(at) == 'A' ? 'B' : 'A') + last.substring(at + 1);
  }

  @Test
  void aDoomedExchangeFailsEvenWithTheRightProof() {
    ScramServer server =
        new ScramServer(Exchange.verifier(), true, false, ChannelBinding.none(), random);
    ScramClient client = ScramClient.plain(false, 4_096, random);

    assertThatThrownBy(() -> exchange(server, client, UnaryOperator.identity()))
        .hasMessageContaining("proof does not match");
  }

  @Test
  void anExchangeIsNotRunTwice() throws ScramException {
    ScramServer server = server(false, ChannelBinding.none());
    exchange(server, ScramClient.plain(false, 4_096, random), UnaryOperator.identity());

    assertThatThrownBy(() -> server.last(bytes("c=" + NO_BINDING)))
        .hasMessageContaining("out of order");
    assertThatThrownBy(() -> server.first(bytes("n,,n=,r=abc")))
        .hasMessageContaining("out of order");
  }

  private static ScramServer server(boolean plus, ChannelBinding binding) {
    return new ScramServer(Exchange.verifier(), false, plus, binding, new Random(5));
  }

  private static void exchange(
      ScramServer server, ScramClient client, UnaryOperator<String> changed) throws ScramException {
    client.challenge(server.first(client.first()));
    byte[] last = client.answer(client.derivation(Exchange.plain()).call());
    String sent = changed.apply(new String(last, StandardCharsets.ISO_8859_1));
    client.verify(server.last(bytes(sent)));
  }

  static String nonceOf(byte[] clientFirst) {
    String text = new String(clientFirst, StandardCharsets.ISO_8859_1);
    return text.substring(text.indexOf("r=") + 2);
  }
}
