package dev.sluice.pgwire.auth;

import static dev.sluice.pgwire.auth.Exchange.bytes;
import static dev.sluice.pgwire.auth.Exchange.cstring;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.auth.ClientAction.Accepted;
import dev.sluice.pgwire.auth.ClientAction.Derive;
import dev.sluice.pgwire.auth.ClientAction.Rejected;
import dev.sluice.pgwire.auth.ClientAction.SendRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClientAuthenticationTest {
  private static final ChannelBinding CERTIFICATE = ChannelBinding.of(bytes("certificate"));

  /** A method, what is stored, and what a server could then be opened with. */
  record Way(AuthMethod method, StoredSecret stored, StoredSecret learnt) {}

  static List<Way> ways() {
    StoredSecret plain = Exchange.plain();
    StoredSecret md5 = Exchange.md5();
    StoredSecret scram = Exchange.verifier();
    return List.of(
        new Way(AuthMethod.TRUST, plain, plain),
        new Way(AuthMethod.ANY, plain, plain),
        new Way(AuthMethod.PLAIN, plain, plain),
        new Way(AuthMethod.PLAIN, md5, plain),
        new Way(AuthMethod.PLAIN, scram, plain),
        new Way(AuthMethod.MD5, plain, plain),
        new Way(AuthMethod.MD5, md5, md5),
        new Way(AuthMethod.MD5, scram, Exchange.keys()),
        new Way(AuthMethod.SCRAM_SHA_256, plain, plain),
        new Way(AuthMethod.SCRAM_SHA_256, scram, Exchange.keys()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theRightPasswordOpens(Way way) {
    Exchange.Outcome outcome =
        Exchange.run(
            Exchange.client(way.method(), way.stored()), Exchange.server(Exchange.plain()));

    assertThat(outcome.client()).isEqualTo(new Accepted(way.learnt()));
    assertThat(outcome.said()).noneMatch(said -> said.contains(Exchange.PASSWORD));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aWrongPasswordDoesNot(Way way) {
    if (Set.of(AuthMethod.TRUST, AuthMethod.ANY).contains(way.method())) {
      return;
    }

    Exchange.Outcome outcome =
        Exchange.run(
            Exchange.client(way.method(), way.stored()),
            Exchange.server(StoredSecret.plain("wrong")));

    assertThat(outcome.rejected().sqlstate()).isEqualTo("28P01");
    assertThat(outcome.rejected().message())
        .isIn("password authentication failed", "SASL authentication failed");
  }

  /** Whoever does not exist is asked the same and refused in the same words. */
  @ParameterizedTest
  @EnumSource(
      value = AuthMethod.class,
      names = {"PLAIN", "MD5", "SCRAM_SHA_256"})
  void aUserWhoDoesNotExistLooksLikeAWrongPassword(AuthMethod method) {
    StoredSecret stored = method == AuthMethod.MD5 ? Exchange.md5() : Exchange.verifier();
    StoredSecret wrong = StoredSecret.plain("wrong");

    Exchange.Outcome known = Exchange.run(Exchange.client(method, stored), Exchange.server(wrong));
    Exchange.Outcome unknown =
        Exchange.run(
            Exchange.client(method, Optional.empty(), ClientFacts.NONE), Exchange.server(wrong));

    assertThat(unknown.rejected().message()).isEqualTo(known.rejected().message());
    assertThat(unknown.rejected().sqlstate()).isEqualTo(known.rejected().sqlstate());
    assertThat(unknown.said()).hasSameSizeAs(known.said());
    assertThat(unknown.rejected().log()).isEqualTo("no such user: ada");
  }

  @Test
  void aUserWhoDoesNotExistHasTheSameSaltEachTime() {
    Authenticator shared = Exchange.authenticator();

    assertThat(challenge(shared, "bob", Optional.empty()))
        .isEqualTo(challenge(shared, "bob", Optional.empty()))
        .isNotEqualTo(challenge(shared, "eve", Optional.empty()));
  }

  @Test
  void soHasAUserWhosePasswordIsStored() {
    Authenticator shared = Exchange.authenticator();
    Optional<StoredSecret> plain = Optional.of(Exchange.plain());

    assertThat(challenge(shared, "bob", plain)).isEqualTo(challenge(shared, "bob", plain));
  }

  /** Salt and iterations of the server's first message. */
  private static String challenge(
      Authenticator shared, String user, Optional<StoredSecret> secret) {
    ClientAuthentication login =
        new ClientAuthentication(
            shared, new ClientRequest(user, AuthMethod.SCRAM_SHA_256, secret, ClientFacts.NONE));
    login.begin();
    List<ClientAction> actions =
        login.received((byte) 'p', Exchange.saslFirst("SCRAM-SHA-256", "n,,n=,r=abc"));
    if (actions.get(0) instanceof Derive derive) {
      actions = login.derived(derive.work().call());
    }
    String first = new String(((SendRequest) actions.get(0)).payload(), StandardCharsets.US_ASCII);
    return first.substring(first.indexOf(",s="));
  }

  @Test
  void onlyTheFirstLoginDerivesTheKeysOfAStoredPassword() {
    Authenticator shared = Exchange.authenticator();
    ClientRequest request =
        new ClientRequest(
            Exchange.USER,
            AuthMethod.SCRAM_SHA_256,
            Optional.of(Exchange.plain()),
            ClientFacts.NONE);

    Exchange.Outcome first =
        Exchange.run(new ClientAuthentication(shared, request), Exchange.server(Exchange.plain()));
    Exchange.Outcome second =
        Exchange.run(new ClientAuthentication(shared, request), Exchange.server(Exchange.plain()));

    assertThat(first.said()).anyMatch(said -> said.startsWith("Derive"));
    assertThat(second.said()).noneMatch(said -> said.startsWith("Derive"));
    assertThat(second.accepted()).isTrue();
  }

  @Test
  void aChangedPasswordIsNotMistakenForTheOldOne() {
    Authenticator shared = Exchange.authenticator();
    StoredSecret changed = StoredSecret.plain("changed");
    StoredSecret old = Exchange.plain();
    assertThat(outcome(shared, old, old).accepted()).isTrue();

    assertThat(outcome(shared, changed, old).accepted()).isFalse();
    assertThat(outcome(shared, changed, changed).accepted()).isTrue();
  }

  private static Exchange.Outcome outcome(
      Authenticator shared, StoredSecret stored, StoredSecret used) {
    ClientRequest request =
        new ClientRequest(
            Exchange.USER, AuthMethod.SCRAM_SHA_256, Optional.of(stored), ClientFacts.NONE);
    return Exchange.run(new ClientAuthentication(shared, request), Exchange.server(used));
  }

  @Test
  void aUserWithoutAPasswordIsRefusedByEveryMethodThatAsksForOne() {
    for (AuthMethod method : List.of(AuthMethod.PLAIN, AuthMethod.MD5, AuthMethod.SCRAM_SHA_256)) {
      Exchange.Outcome outcome =
          Exchange.run(
              Exchange.client(method, StoredSecret.none()), Exchange.server(Exchange.plain()));

      assertThat(outcome.rejected().log()).isEqualTo("the user has no password");
    }
  }

  @Test
  void anEmptyPasswordIsRefused() {
    ClientAuthentication login = Exchange.client(AuthMethod.PLAIN, Exchange.plain());
    login.begin();

    assertThat(login.received((byte) 'p', cstring("")))
        .singleElement()
        .extracting(action -> ((Rejected) action).message())
        .isEqualTo("empty password returned by client");
  }

  @Test
  void scramOverTlsOffersAndUsesChannelBinding() {
    ClientFacts facts = new ClientFacts(true, CERTIFICATE, List.of(), Optional.empty());
    ServerTerms terms = new ServerTerms(CERTIFICATE, true, 4_096, 0);
    ServerLogin outside = new ServerLogin(Exchange.USER, Exchange.plain(), terms, new Random(1));

    Exchange.Outcome outcome =
        Exchange.run(
            Exchange.client(AuthMethod.SCRAM_SHA_256, Optional.of(Exchange.verifier()), facts),
            outside);

    assertThat(outcome.accepted()).isTrue();
  }

  @Test
  void withoutTlsChannelBindingIsNotOffered() {
    ClientFacts facts = new ClientFacts(false, CERTIFICATE, List.of(), Optional.empty());
    ClientAuthentication login =
        Exchange.client(AuthMethod.SCRAM_SHA_256, Optional.of(Exchange.verifier()), facts);

    List<ClientAction> actions = login.begin();

    assertThat(new String(((SendRequest) actions.get(0)).payload(), StandardCharsets.US_ASCII))
        .isEqualTo("SCRAM-SHA-256\0\0");
    byte[] chosen = Exchange.saslFirst("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,n=,r=a");
    assertThat(login.received((byte) 'p', chosen))
        .singleElement()
        .extracting(action -> ((Rejected) action).message())
        .isEqualTo("client selected an invalid SASL authentication mechanism");
  }

  @Test
  void aVerifierOfTooManyIterationsIsNotComputed() {
    StoredSecret.ScramVerifier made = Exchange.verifier();
    StoredSecret costly =
        new StoredSecret.ScramVerifier(
            Integer.MAX_VALUE, made.salt(), made.storedKey(), made.serverKey());
    ClientAuthentication login = Exchange.client(AuthMethod.PLAIN, costly);
    login.begin();

    assertThat(login.received((byte) 'p', cstring(Exchange.PASSWORD)).get(0))
        .isInstanceOf(Rejected.class);
  }

  @Test
  void aCertificateThatNamesTheUserOpens() {
    assertThat(certificate(true, List.of("web", "ada"), Optional.empty()))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void aCertificateThatDoesNotNameTheUserDoesNot() {
    assertThat(log(certificate(true, List.of("web"), Optional.empty())))
        .isEqualTo("TLS certificate name mismatch");
    assertThat(log(certificate(true, List.of(), Optional.empty())))
        .isEqualTo("TLS client certificate required");
    assertThat(log(certificate(false, List.of("ada"), Optional.empty())))
        .isEqualTo("TLS connection required");
  }

  @Test
  void anIdentMapDecidesInPlaceOfTheName() {
    IdentMap map = map("web", "ada");

    assertThat(certificate(true, List.of("x", "web"), Optional.of(map)))
        .isInstanceOf(Accepted.class);
    assertThat(log(certificate(true, List.of("ada"), Optional.of(map))))
        .isEqualTo("ident map: test does not have a match");
    assertThat(peer(Optional.of("web"), Optional.of(map))).isInstanceOf(Accepted.class);
    assertThat(log(peer(Optional.of("ada"), Optional.of(map))))
        .isEqualTo("ident map test cannot be matched");
  }

  @Test
  void anAccountOfTheSameNameOpensAUnixSocket() {
    assertThat(peer(Optional.of("ada"), Optional.empty())).isInstanceOf(Accepted.class);
    assertThat(log(peer(Optional.of("bob"), Optional.empty())))
        .isEqualTo("the client runs as another account");
    assertThat(log(peer(Optional.empty(), Optional.empty()))).isEqualTo("not a Unix socket");
  }

  @Test
  void whoIsRejectedByRuleIsNotAsked() {
    assertThat(Exchange.client(AuthMethod.REJECT, Exchange.plain()).begin())
        .containsExactly(new Rejected("28000", "login rejected", "login rejected"));
    assertThat(Exchange.client(AuthMethod.TRUST, Optional.empty(), ClientFacts.NONE).begin())
        .singleElement()
        .extracting(action -> ((Rejected) action).message())
        .isEqualTo("\"trust\" authentication failed");
  }

  private static ClientAction certificate(boolean tls, List<String> names, Optional<IdentMap> map) {
    ClientFacts facts = new ClientFacts(tls, ChannelBinding.none(), names, Optional.empty());
    return only(AuthMethod.CERT, facts, map);
  }

  private static ClientAction peer(Optional<String> account, Optional<IdentMap> map) {
    ClientFacts facts = new ClientFacts(false, ChannelBinding.none(), List.of(), account);
    return only(AuthMethod.PEER, facts, map);
  }

  private static ClientAction only(AuthMethod method, ClientFacts facts, Optional<IdentMap> map) {
    ClientRequest request =
        new ClientRequest(Exchange.USER, method, Optional.of(Exchange.plain()), facts, map);
    return new ClientAuthentication(Exchange.authenticator(), request).begin().get(0);
  }

  private static String log(ClientAction action) {
    return ((Rejected) action).log();
  }

  private static IdentMap map(String account, String user) {
    return new IdentMap() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public boolean allows(String systemName, String asked) {
        return systemName.equals(account) && asked.equals(user);
      }
    };
  }
}
