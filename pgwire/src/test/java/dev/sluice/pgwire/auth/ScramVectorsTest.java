package dev.sluice.pgwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The exchange of RFC 7677, section 3, from both sides. */
class ScramVectorsTest {
  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String CLIENT_FIRST = "n,,n=user,r=" + CLIENT_NONCE;
  private static final String SERVER_FIRST =
      "r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String CLIENT_FINAL =
      "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  private static final String VERIFIER =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
          + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  @Test
  void theClientSaysWhatTheRfcSays() throws ScramException {
    ScramClient client = new ScramClient("n", ChannelBinding.none(), 4_096, "user", CLIENT_NONCE);
    StoredSecret.Plain password = (StoredSecret.Plain) StoredSecret.plain("pencil");

    String first = text(client.first());
    client.challenge(bytes(SERVER_FIRST));
    String last = text(client.answer(client.derivation(password).call()));
    client.verify(bytes(SERVER_FINAL));

    assertThat(first).isEqualTo(CLIENT_FIRST);
    assertThat(last).isEqualTo(CLIENT_FINAL);
    assertThat(client.isDone()).isTrue();
  }

  @Test
  void theServerSaysWhatTheRfcSays() throws ScramException {
    StoredSecret.ScramVerifier verifier = (StoredSecret.ScramVerifier) StoredSecret.parse(VERIFIER);
    ScramServer server =
        new ScramServer(verifier, false, false, ChannelBinding.none(), SERVER_NONCE);

    String first = text(server.first(bytes(CLIENT_FIRST)));
    String last = text(server.last(bytes(CLIENT_FINAL)));

    assertThat(first).isEqualTo(SERVER_FIRST);
    assertThat(last).isEqualTo(SERVER_FINAL);
    assertThat(verifier.matches(server.keys())).isTrue();
  }

  @Test
  void theKeysOfAPasswordMatchTheVerifierThatPostgreSqlWouldStore() {
    StoredSecret.ScramVerifier verifier = (StoredSecret.ScramVerifier) StoredSecret.parse(VERIFIER);
    SecretBytes pencil = SecretBytes.of(bytes("pencil"));

    StoredSecret.ScramKeys keys =
        new KeyDerivation(pencil, verifier.salt(), verifier.iterations()).call();

    assertThat(verifier.matches(keys)).isTrue();
    assertThat(StoredSecret.ScramVerifier.of(4_096, verifier.salt().raw(), keys))
        .isEqualTo(verifier);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
