package dev.sluice.pgwire.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;

/**
 * The data that binds a SCRAM exchange to the TLS connection below it: {@code tls-server-end-point}
 * of RFC 5929, the hash of the server's certificate. A man in the middle has another certificate,
 * so the exchange fails. Immutable; thread-safe.
 *
 * <p>A sidecar that ends TLS cannot pass a binding through. Its clients bind to the sidecar's
 * certificate, and the sidecar binds to PostgreSQL's.
 */
public final class ChannelBinding {
  /** The only type of binding that PostgreSQL knows. */
  static final String TYPE = "tls-server-end-point";

  private static final ChannelBinding NONE = new ChannelBinding(new byte[0]);

  private final byte[] data;

  private ChannelBinding(byte[] data) {
    this.data = data;
  }

  /** No binding: there is no TLS, or its certificate has no hash to bind to. */
  public static ChannelBinding none() {
    return NONE;
  }

  /**
   * Binds to a server's certificate. The hash is that of the certificate's signature, with SHA-256
   * in place of MD5 and SHA-1. Ed25519, Ed448 and RSASSA-PSS name no single hash, so certificates
   * signed with them give {@link #none}.
   */
  public static ChannelBinding serverEndPoint(X509Certificate certificate) {
    String hash = hash(certificate.getSigAlgName().toUpperCase(Locale.ROOT));
    if (hash.isEmpty()) {
      return NONE;
    }
    try {
      return new ChannelBinding(MessageDigest.getInstance(hash).digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      return NONE; // no binding is a state that both sides know how to handle
    }
  }

  private static String hash(String signature) {
    int with = signature.indexOf("WITH");
    return switch (with < 0 ? "" : signature.substring(0, with)) {
      case "MD5", "SHA1", "SHA256" -> "SHA-256";
      case "SHA224" -> "SHA-224";
      case "SHA384" -> "SHA-384";
      case "SHA512" -> "SHA-512";
      default -> "";
    };
  }

  /** Binds to this hash of a certificate; empty data is {@link #none}. */
  static ChannelBinding of(byte[] data) {
    return data.length == 0 ? NONE : new ChannelBinding(data.clone());
  }

  /** Whether there is something to bind to. */
  public boolean isPresent() {
    return data.length > 0;
  }

  /** The data; callers must not change it. */
  byte[] data() {
    return data;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelBinding binding && Arrays.equals(data, binding.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return isPresent() ? TYPE : "no channel binding";
  }
}
