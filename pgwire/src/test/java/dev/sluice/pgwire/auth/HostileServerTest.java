package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our SCRAM client against servers that mean no good. */
class HostileServerTest {
  private final ScramClient client = ScramClient.plain(false, 4_096, new Random(1));
  private String nonce = "";

  @BeforeEach
  void begin() throws ScramException {
    nonce = ScramExchangeTest.nonceOf(client.first());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|attribute r expected",
        "r=NONCE,s=AAAA,i=1|does not extend ours",
        "r=other,s=AAAA,i=1|does not extend ours",
        "r=xNONCE,s=AAAA,i=1|does not extend ours",
        "m=1,r=NONCEx,s=AAAA,i=1|extension",
        "r=NONCEx|attribute s expected",
        "r=NONCEx,s=,i=1|salt has 0 bytes",
        "r=NONCEx,s=!,i=1|salt is not in base64",
        "r=NONCEx,s=AAAA|attribute i expected",
        "r=NONCEx,s=AAAA,i=|iterations are no number",
        "r=NONCEx,s=AAAA,i=-1|iterations are no number",
        "r=NONCEx,s=AAAA,i=1e3|iterations are no number",
        "r=NONCEx,s=AAAA,i=0|asks for 0 SCRAM iterations",
        "e=other-error|reports a SCRAM error: e=other-error",
      })
  void aBadChallengeIsRefused(String challenge, String reason) {
    assertThatThrownBy(() -> client.challenge(bytes(challenge.replace("NONCE", nonce))))
        .isInstanceOf(ScramException.class)
        .hasMessageContaining(reason);
  }

  /** CVE-2026-42198 of pgjdbc: the server chose how long the client computes. */
  @ParameterizedTest
  @CsvSource({"4097", "600001", "2147483648", "99999999999999999999999"})
  void moreIterationsThanTheLimitAreRefused(String iterations) {
    byte[] challenge = bytes("r=" + nonce + "x,s=AAAA,i=" + iterations);

    assertThatThrownBy(() -> client.challenge(challenge))
        .hasMessageContaining("iterations, and the limit is 4096");
  }

  @Test
  void asManyIterationsAsTheLimitAreComputed() throws ScramException {
    client.challenge(bytes("r=" + nonce + "x,s=AAAA,i=4096"));

    assertThat(client.derivation(Exchange.plain()).iterations()).isEqualTo(4_096);
  }

  @Test
  void aServerThatDoesNotKnowTheSecretIsRefused() throws ScramException {
    client.challenge(bytes("r=" + nonce + "x,s=AAAA,i=1"));
    client.answer(client.derivation(Exchange.plain()).call());
    String signature = ScramText.base64(new byte[32]);

    assertThatThrownBy(() -> client.verify(bytes("v=" + signature)))
        .hasMessageContaining("does not know the user's secret");
    assertThat(client.isDone()).isFalse();
  }

  @Test
  void theServersWordsAreMadePrintableAndShort() throws ScramException {
    client.challenge(bytes("r=" + nonce + "x,s=AAAA,i=1"));
    client.answer(client.derivation(Exchange.plain()).call());

    assertThatThrownBy(() -> client.verify(bytes("e=\u001b[2J" + "x".repeat(1_000))))
        .hasMessageContaining("e=?[2J")
        .message()
        .hasSizeLessThan(300);
  }
}
