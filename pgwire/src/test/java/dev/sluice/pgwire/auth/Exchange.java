package dev.sluice.pgwire.auth;

import dev.sluice.pgwire.auth.ClientAction.Accepted;
import dev.sluice.pgwire.auth.ClientAction.Derive;
import dev.sluice.pgwire.auth.ClientAction.Rejected;
import dev.sluice.pgwire.auth.ClientAction.SendRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What tests of logins share: users, secrets, payloads, and the two machines put together. */
final class Exchange {
  static final String USER = "ada";
  static final String PASSWORD = "c4n4ry-p4ssw0rd";
  static final int ITERATIONS = 64;

  private Exchange() {}

  static StoredSecret.Plain plain() {
    return (StoredSecret.Plain) StoredSecret.plain(PASSWORD);
  }

  static StoredSecret.Md5Hash md5() {
    return Md5.hash(plain(), USER);
  }

  static StoredSecret.ScramVerifier verifier() {
    byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    return StoredSecret.ScramVerifier.of(ITERATIONS, salt, keys(salt));
  }

  static StoredSecret.ScramKeys keys() {
    return keys(verifier().salt().raw());
  }

  private static StoredSecret.ScramKeys keys(byte[] salt) {
    return new KeyDerivation(plain().password(), SecretBytes.of(salt), ITERATIONS).call();
  }

  static Authenticator authenticator() {
    return new Authenticator(new Random(7), ITERATIONS);
  }

  static ClientAuthentication client(AuthMethod method, StoredSecret secret) {
    return client(method, Optional.of(secret), ClientFacts.NONE);
  }

  static ClientAuthentication client(
      AuthMethod method, Optional<StoredSecret> secret, ClientFacts facts) {
    return new ClientAuthentication(
        authenticator(), new ClientRequest(USER, method, secret, facts));
  }

  static ServerLogin server(StoredSecret secret) {
    return new ServerLogin(USER, secret, ServerTerms.DEFAULT, new Random(8));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] cstring(String text) {
    return bytes(text + "\0");
  }

  /** The payload of an Authentication message. */
  static byte[] request(int code, byte[] payload) {
    return ByteBuffer.allocate(4 + payload.length).putInt(code).put(payload).array();
  }

  static byte[] request(int code) {
    return request(code, new byte[0]);
  }

  static byte[] saslFirst(String mechanism, String data) {
    return new SaslInitialResponse(mechanism, bytes(data)).payload();
  }

  /** How a login ended, and all that was said. */
  record Outcome(ClientAction client, Optional<ServerAction> server, List<String> said) {
    boolean accepted() {
      return client instanceof Accepted;
    }

    Rejected rejected() {
      return (Rejected) client;
    }
  }

  /** Lets our client log in at our server, both with their work done at once. */
  static Outcome run(ClientAuthentication inside, ServerLogin outside) {
    List<String> said = new ArrayList<>();
    List<ClientAction> actions = inside.begin();
    while (true) {
      Optional<byte[]> answer = Optional.empty();
      for (ClientAction action : actions) {
        said.add(action.toString());
        if (action instanceof Derive derive) {
          actions = inside.derived(derive.work().call());
          answer = Optional.empty();
          break;
        }
        if (action instanceof Accepted) {
          outside.received((byte) 'R', request(0));
          return new Outcome(action, Optional.empty(), said);
        }
        if (action instanceof Rejected) {
          return new Outcome(action, Optional.empty(), said);
        }
        if (action instanceof SendRequest send) {
          List<ServerAction> reaction =
              worked(outside, outside.received((byte) 'R', request(send.code(), send.payload())));
          said.add(reaction.toString());
          if (reaction.get(0) instanceof ServerAction.Failed failed) {
            return new Outcome(action, Optional.of(failed), said);
          }
          answer =
              reaction.get(0) instanceof ServerAction.Send sent
                  ? Optional.of(sent.payload())
                  : Optional.empty();
        }
      }
      if (answer.isPresent()) {
        actions = inside.received((byte) 'p', answer.get());
      }
    }
  }

  static List<ServerAction> worked(ServerLogin login, List<ServerAction> actions) {
    return actions.get(0) instanceof ServerAction.Derive derive
        ? login.derived(derive.work().call())
        : actions;
  }
}
