package dev.sluice.pgwire.auth;

import dev.sluice.pgwire.auth.ClientAction.Accepted;
import dev.sluice.pgwire.auth.ClientAction.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What is fuzzed: each message of SCRAM, and whole logins. Whatever the other side sends, nothing
 * but a {@link ScramException} comes of it, nobody gets in without the secret, and no text shows
 * the secret.
 */
enum AuthFuzz {
  CLIENT_FIRST {
    @Override
    void check(byte[] input) {
      ScramServer server = server();
      try {
        require(text(server.first(input)).startsWith("r="), "a nonce");
        require(input.length <= ScramText.LONGEST_MESSAGE, "a bound");
      } catch (ScramException e) {
        refused(e.reason());
      }
    }

    @Override
    List<byte[]> seeds() {
      return List.of(FIRST, bytes("y,,n=a,r=abc,x=1"), bytes("p=tls-server-end-point,,n=,r=abc"));
    }
  },

  CLIENT_FINAL {
    @Override
    void check(byte[] input) {
      ScramServer server = server();
      try {
        server.first(FIRST);
        server.last(input);
        require(server.keys().equals(Exchange.keys()), "the right keys");
      } catch (ScramException e) {
        refused(e.reason());
      }
    }

    @Override
    List<byte[]> seeds() {
      return List.of(bytes("c=biws,r=abc,p=AAAA"), bytes("c=biws,r=abc,x=1,p=AAAA"), clientFinal());
    }
  },

  SERVER_FIRST {
    @Override
    void check(byte[] input) {
      ScramClient client = client();
      try {
        client.first();
        client.challenge(input);
        require(client.derivation(Exchange.plain()).iterations() <= MOST_ITERATIONS, "a bound");
      } catch (ScramException e) {
        refused(e.reason());
      }
    }

    @Override
    List<byte[]> seeds() {
      return List.of(serverFirst(), bytes("r=abc,s=AAAA,i=4096"), bytes("e=other-error"));
    }
  },

  SERVER_FINAL {
    @Override
    void check(byte[] input) {
      ScramClient client = client();
      try {
        client.first();
        client.challenge(serverFirst());
        client.answer(Exchange.keys());
        client.verify(input);
        require(client.isDone(), "an end");
      } catch (ScramException e) {
        refused(e.reason());
      }
    }

    @Override
    List<byte[]> seeds() {
      return List.of(bytes("v=AAAA"), bytes("e=x"), bytes("v=" + ScramText.base64(new byte[32])));
    }
  },

  /** The first byte chooses the method and the secret; then messages of type, length, payload. */
  CLIENT_LOGIN {
    @Override
    void check(byte[] input) {
      ByteBuffer messages = ByteBuffer.wrap(input);
      ClientAuthentication login = login(messages.hasRemaining() ? messages.get() & 0xff : 0);
      List<ClientAction> actions = login.begin();
      boolean ended = holds(actions);
      while (messages.remaining() > 1) {
        byte type = messages.get();
        actions = clientWork(login, login.received(type, payload(messages)));
        boolean nowEnded = holds(actions);
        require(!ended || nowEnded, "an end is an end");
        ended = nowEnded;
      }
    }

    @Override
    List<byte[]> seeds() {
      byte[] sasl = Exchange.saslFirst("SCRAM-SHA-256", "n,,n=,r=abc");
      return List.of(
          message(0, 'p', bytes("guess\0")),
          message(5, 'p', bytes("md5" + "0".repeat(32) + "\0")),
          message(8, 'p', sasl),
          message(6, 'p', sasl),
          message(11, 0, bytes("user\0root\0\0")));
    }
  },

  /** Messages of type, length, payload. */
  SERVER_LOGIN {
    @Override
    void check(byte[] input) {
      ByteBuffer messages = ByteBuffer.wrap(input);
      StoredSecret secret = messages.hasRemaining() ? SECRETS.get(messages.get() & 3) : PLAIN;
      ServerLogin login =
          new ServerLogin(
              Exchange.USER,
              secret,
              new ServerTerms(ChannelBinding.none(), false, MOST_ITERATIONS, 2),
              new Random(1));
      while (messages.remaining() > 1) {
        boolean ended = login.hasEnded();
        byte type = messages.get();
        List<ServerAction> actions =
            Exchange.worked(login, login.received(type, payload(messages)));
        require(!actions.isEmpty(), "an action");
        require(!actions.toString().contains(Exchange.PASSWORD), "the secret hidden");
        require(!ended || actions.get(0) instanceof ServerAction.Failed, "an end is an end");
      }
    }

    @Override
    List<byte[]> seeds() {
      return List.of(
          message(0, 'R', Exchange.request(0)),
          message(0, 'R', Exchange.request(3)),
          message(0, 'R', Exchange.request(5, bytes("salt"))),
          message(0, 'R', Exchange.request(10, bytes("SCRAM-SHA-256\0\0"))),
          message(0, 'E', bytes("SFATAL\0C28P01\0Mno\0\0")),
          message(0, 'v', new byte[8]));
    }
  };

  private static final int MOST_ITERATIONS = 64;
  private static final byte[] FIRST = bytes("n,,n=,r=abc");
  private static final StoredSecret PLAIN = Exchange.plain();
  private static final List<StoredSecret> SECRETS =
      List.of(PLAIN, Exchange.md5(), Exchange.verifier(), StoredSecret.none());
  private static final List<AuthMethod> METHODS =
      List.of(AuthMethod.PLAIN, AuthMethod.MD5, AuthMethod.SCRAM_SHA_256);

  /** Checks what must hold of an input. */
  abstract void check(byte[] input);

  /** Inputs to begin with. */
  abstract List<byte[]> seeds();

  private static ScramServer server() {
    return new ScramServer(Exchange.verifier(), false, false, ChannelBinding.none(), new Random(5));
  }

  private static ScramClient client() {
    return ScramClient.plain(false, MOST_ITERATIONS, new Random(6));
  }

  private static ClientAuthentication login(int choice) {
    return Exchange.client(METHODS.get(choice % 3), SECRETS.get(choice / 3 % 4));
  }

  private static List<ClientAction> clientWork(
      ClientAuthentication login, List<ClientAction> actions) {
    return actions.get(0) instanceof ClientAction.Derive derive
        ? login.derived(derive.work().call())
        : actions;
  }

  /** Whether the login has ended. Nobody gets in, for no input holds the password. */
  private static boolean holds(List<ClientAction> actions) {
    require(!actions.isEmpty(), "an action");
    boolean ended = false;
    for (ClientAction action : actions) {
      require(!(action instanceof Accepted), "nobody in");
      require(!action.toString().contains(Exchange.PASSWORD), "the secret hidden");
      if (action instanceof Rejected rejected) {
        refused(rejected.log());
        refused(rejected.message());
        ended = true;
      }
    }
    return ended;
  }

  private static byte[] payload(ByteBuffer messages) {
    byte[] payload = new byte[Math.min(messages.get() & 0xff, messages.remaining())];
    messages.get(payload);
    return payload;
  }

  private static byte[] message(int choice, int type, byte[] payload) {
    return ByteBuffer.allocate(3 + payload.length)
        .put((byte) choice)
        .put((byte) type)
        .put((byte) payload.length)
        .put(payload)
        .array();
  }

  private static byte[] serverFirst() {
    try {
      return server().first(client().first());
    } catch (ScramException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] clientFinal() {
    try {
      ScramClient client = client();
      client.first();
      client.challenge(serverFirst());
      return client.answer(Exchange.keys());
    } catch (ScramException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void refused(String reason) {
    require(reason.length() > 4 && reason.length() < 2 * Printable.LONGEST, reason);
    require(reason.chars().allMatch(c -> c >= ' ' && c < 0x7f), reason);
    require(!reason.contains(Exchange.PASSWORD), "the secret hidden");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }

  private static byte[] bytes(String text) {
    return Exchange.bytes(text);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
