package dev.sluice.proxy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * SCRAM-SHA-256 for the clients and the servers of a simulation, written from RFC 5802 apart from
 * the product's. Few iterations, since a simulation proves no strength.
 */
final class SimScram {
  private static final int ITERATIONS = 3;

  private final byte[] clientKey;
  private final byte[] serverKey;
  private final String salt;
  private String first = "";
  private String challenge = "";
  private byte[] authMessage = {};

  /** One end of an exchange; both ends know the password here. */
  SimScram(String user, String password) {
    this(password, Base64.getEncoder().encodeToString(bytes("salt of " + user)), ITERATIONS);
  }

  private SimScram(String password, String salt, int iterations) {
    this.salt = salt;
    byte[] salted = salted(password, Base64.getDecoder().decode(salt), iterations);
    this.clientKey = hmac(salted, bytes("Client Key"));
    this.serverKey = hmac(salted, bytes("Server Key"));
  }

  /** What a server stores of a password, in PostgreSQL's form. */
  String verifier() {
    return "SCRAM-SHA-256$"
        + ITERATIONS
        + ":"
        + salt
        + "$"
        + base64(sha256(clientKey))
        + ":"
        + base64(serverKey);
  }

  // ---- the server's end

  /** Answers the client's first message. */
  String challenge(String clientFirst, String nonce) {
    first = clientFirst.substring("n,,".length());
    challenge = "r=" + attribute(first, 'r') + nonce + ",s=" + salt + ",i=" + ITERATIONS;
    return challenge;
  }

  /** Answers the client's last message; empty if it proves nothing. */
  String last(String clientLast) {
    String withoutProof = clientLast.substring(0, clientLast.indexOf(",p="));
    byte[] message = bytes(first + "," + challenge + "," + withoutProof);
    byte[] proof = Base64.getDecoder().decode(attribute(clientLast, 'p'));
    byte[] key = xor(proof, hmac(sha256(clientKey), message));
    boolean proved =
        MessageDigest.isEqual(sha256(key), sha256(clientKey))
            && attribute(withoutProof, 'r').equals(attribute(challenge, 'r'));
    return proved ? "v=" + base64(hmac(serverKey, message)) : "";
  }

  // ---- the client's end

  /** The client's first message. */
  static String first(String nonce) {
    return "n,,n=,r=" + nonce;
  }

  /** The client's last message: an exchange with the salt that the server has named. */
  static SimScram answering(String clientFirst, String challenge, String password) {
    SimScram exchange =
        new SimScram(
            password, attribute(challenge, 's'), Integer.parseInt(attribute(challenge, 'i')));
    String withoutProof = "c=biws,r=" + attribute(challenge, 'r');
    exchange.authMessage =
        bytes(clientFirst.substring("n,,".length()) + "," + challenge + "," + withoutProof);
    exchange.challenge = withoutProof;
    return exchange;
  }

  String answer() {
    byte[] signature = hmac(sha256(clientKey), authMessage);
    return challenge + ",p=" + base64(xor(clientKey, signature));
  }

  /** Whether the server has shown that it knows the secret. */
  boolean isProvedBy(String serverLast) {
    return serverLast.equals("v=" + base64(hmac(serverKey, authMessage)));
  }

  // ---- its parts

  private static String attribute(String message, char name) {
    for (String part : message.split(",", -1)) {
      if (part.startsWith(name + "=")) {
        return part.substring(2);
      }
    }
    throw new AssertionError("no " + name + " in " + message);
  }

  private static byte[] salted(String password, byte[] salt, int iterations) {
    byte[] first = java.util.Arrays.copyOf(salt, salt.length + 4);
    first[salt.length + 3] = 1;
    byte[] each = hmac(bytes(password), first);
    byte[] all = each.clone();
    for (int i = 1; i < iterations; i++) {
      each = hmac(bytes(password), each);
      all = xor(all, each);
    }
    return all;
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] all = new byte[a.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (a[i] ^ b[i]);
    }
    return all;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] data) {
    return Base64.getEncoder().encodeToString(data);
  }
}
