package dev.sluice.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys in the format of OpenSSL's tools. */
final class Pem {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";

  private Pem() {}

  /** The certificates of a file, in its order. */
  static List<X509Certificate> certificates(String setting, Path file) throws TlsException {
    try {
      List<X509Certificate> certificates = new ArrayList<>();
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (var certificate :
          factory.generateCertificates(new ByteArrayInputStream(read(setting, file)))) {
        certificates.add((X509Certificate) certificate);
      }
      if (certificates.isEmpty()) {
        throw failed(setting, file, "it has no certificate", null);
      }
      return certificates;
    } catch (CertificateException e) {
      throw failed(setting, file, String.valueOf(e.getMessage()), e);
    }
  }

  /** The private key of a file, which must not be encrypted. */
  static PrivateKey privateKey(String setting, Path file) throws TlsException {
    String text = new String(read(setting, file), StandardCharsets.ISO_8859_1);
    for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + 1)) {
      int nameEnd = text.indexOf("-----", at + BEGIN.length());
      int end = text.indexOf(END, at);
      if (nameEnd < 0 || end < nameEnd) {
        break;
      }
      String name = text.substring(at + BEGIN.length(), nameEnd);
      String body = text.substring(nameEnd + 5, end);
      if (name.endsWith("PRIVATE KEY")) {
        return privateKey(setting, file, name, body);
      }
    }
    throw failed(setting, file, "it has no private key", null);
  }

  private static PrivateKey privateKey(String setting, Path file, String name, String body)
      throws TlsException {
    if (name.startsWith("ENCRYPTED") || body.contains("ENCRYPTED")) {
      throw failed(setting, file, "the key is encrypted; decrypt it with openssl pkey", null);
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(body);
      return switch (name) {
        case "PRIVATE KEY" -> pkcs8(der);
        case "RSA PRIVATE KEY" -> pkcs8(Der.rsaKey(der));
        case "EC PRIVATE KEY" -> pkcs8(Der.ecKey(der));
        default -> throw failed(setting, file, "unknown kind of key: " + name, null);
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw failed(setting, file, "the key is malformed", null); // causes may quote the key
    }
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    GeneralSecurityException last = new GeneralSecurityException("no known algorithm");
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        last = e; // a key of another algorithm
      }
    }
    throw last;
  }

  private static byte[] read(String setting, Path file) throws TlsException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw failed(setting, file, "No such file or directory", e);
    } catch (IOException e) {
      throw failed(setting, file, String.valueOf(e.getMessage()), e);
    }
  }

  private static TlsException failed(
      String setting, Path file, String reason, @Nullable Throwable cause) {
    String message = "TLS setup failed: " + setting + " " + file + ": " + reason;
    return cause == null ? new TlsException(message) : new TlsException(message, cause);
  }
}
