package dev.sluice.pgwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSecretTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  @Test
  void eachFormatIsRecognized() {
    String hex = "0123456789abcdef0123456789abcdef";

    assertThat(StoredSecret.parse("")).isSameAs(StoredSecret.none());
    assertThat(StoredSecret.parse("pencil")).isInstanceOf(StoredSecret.Plain.class);
    assertThat(StoredSecret.parse("md5" + hex)).isInstanceOf(StoredSecret.Md5Hash.class);
    assertThat(StoredSecret.parse("SCRAM-SHA-256$4096:AAAA$" + KEY + ":" + KEY))
        .isInstanceOf(StoredSecret.ScramVerifier.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "md5",
        "md50123456789abcdef0123456789abcde",
        "md50123456789ABCDEF0123456789ABCDEF",
        "md50123456789abcdef0123456789abcdeg",
        "SCRAM-SHA-256$",
        "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA",
        "SCRAM-SHA-256$4096:$KEY:KEY",
        "SCRAM-SHA-256$0:AAAA$KEY:KEY",
        "SCRAM-SHA-256$-1:AAAA$KEY:KEY",
        "SCRAM-SHA-256$99999999999:AAAA$KEY:KEY",
        "SCRAM-SHA-256$4096:AAAA$KEY",
        "SCRAM-SHA-256:4096$AAAA$KEY:KEY",
        "SCRAM-SHA-256$4096:????$KEY:KEY",
        "SCRAM-SHA-512$4096:AAAA$KEY:KEY",
      })
  void whatOnlyLooksLikeAHashIsAPassword(String text) {
    StoredSecret secret = StoredSecret.parse(text.replace("KEY", KEY));

    assertThat(secret).isInstanceOf(StoredSecret.Plain.class);
  }

  @Test
  void noSecretIsEverPrinted() {
    StoredSecret verifier = Exchange.verifier();
    List<Object> all =
        List.of(
            Exchange.plain(),
            Exchange.md5(),
            verifier,
            Exchange.keys(),
            StoredSecret.none(),
            new KeyDerivation(Exchange.plain().password(), Exchange.md5().hex(), 1));

    assertThat(all)
        .allSatisfy(
            secret ->
                assertThat(secret.toString())
                    .matches("(Plain|Md5Hash|ScramVerifier|ScramKeys|KeyDerivation)\\[.*\\]|NONE")
                    .doesNotContain(Exchange.PASSWORD)
                    .doesNotContainPattern("[0-9a-f]{8}"));
  }

  @Test
  void secretsAreEqualByContent() {
    assertThat(Exchange.verifier())
        .isEqualTo(Exchange.verifier())
        .hasSameHashCodeAs(Exchange.verifier());
    assertThat(StoredSecret.plain("a")).isNotEqualTo(StoredSecret.plain("b"));
    assertThat(Exchange.md5()).isNotEqualTo(Exchange.plain());
  }

  /** The pair that PostgreSQL's own documentation of pg_authid describes: md5(password + user). */
  @Test
  void theMd5HashIsOfPasswordAndUser() {
    StoredSecret.Plain pencil = (StoredSecret.Plain) StoredSecret.plain("pencil");
    String hex =
        new String(
            Digests.md5Hex(Exchange.bytes("penciluser"), new byte[0]), StandardCharsets.US_ASCII);

    assertThat(Md5.hash(pencil, "user")).isEqualTo(StoredSecret.parse("md5" + hex));
  }
}
