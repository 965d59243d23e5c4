package dev.sluice.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handshakes in memory between both sides of the sidecar, in all modes. */
class TlsTest {
  /** The bytes before the key itself in PKCS#8, for RSA of 2048 bits. */
  private static final int RSA_HEADER = 26;

  @TempDir private static Path folder;

  private static Identity server;
  private static Identity other;
  private static Identity ada;

  @BeforeAll
  static void makeCertificates() throws Exception {
    server = Identity.make(folder, "db.example", "dns:db.example,ip:127.0.0.1");
    other = Identity.make(folder, "other.example", "dns:other.example");
    ada = Identity.make(folder, "ada", "dns:ada-two,email:ada@example.org");
  }

  @ParameterizedTest
  @CsvSource({
    "prefer,other,elsewhere,true",
    "require,other,elsewhere,true",
    "verify-ca,server,elsewhere,true",
    "verify-ca,other,db.example,false",
    "verify-full,server,db.example,true",
    "verify-full,server,127.0.0.1,true",
    "verify-full,server,elsewhere,false",
    "verify-full,server,127.0.0.2,false",
    "verify-full,other,db.example,false",
  })
  void aModeChecksTheServersCertificate(String mode, String trusted, String host, boolean opens)
      throws Exception {
    Path ca = trusted.equals("server") ? server.certificate() : other.certificate();
    Handshake handshake =
        new Handshake(
            clientTls("require", ""),
            serverTls("server_tls_sslmode = " + mode + "\nserver_tls_ca_file = " + ca),
            host);

    assertThat(handshake.succeeds()).isEqualTo(opens);
  }

  @Test
  void whatIsLoggedIsVersionAndSuite() throws Exception {
    Handshake handshake =
        new Handshake(clientTls("require", ""), serverTls("server_tls_sslmode = require"), "h");

    assertThat(handshake.succeeds()).isTrue();
    assertThat(TlsSession.describe(handshake.atServer())).matches("TLSv1\\.3/TLS_[A-Z0-9_]+");
    assertThat(TlsSession.names(handshake.atServer())).isEmpty();
  }

  @Test
  void bothSidesBindToTheSameCertificate() throws Exception {
    ClientTls inside = clientTls("require", "");
    Handshake handshake = new Handshake(inside, serverTls("server_tls_sslmode = require"), "h");

    assertThat(handshake.succeeds()).isTrue();
    assertThat(inside.binding().isPresent()).isTrue();
    assertThat(ServerTls.binding(handshake.atClient())).isEqualTo(inside.binding());
  }

  @ParameterizedTest
  @CsvSource({"tlsv1.2,TLSv1.2", "tlsv1.3,TLSv1.3", "secure,TLSv1.3"})
  void theProtocolsAreThoseOfTheSetting(String protocols, String version) throws Exception {
    Handshake handshake =
        new Handshake(
            clientTls("require", "client_tls_protocols = " + protocols),
            serverTls("server_tls_sslmode = require"),
            "h");

    assertThat(handshake.succeeds()).isTrue();
    assertThat(handshake.atServer().getProtocol()).isEqualTo(version);
  }

  @Test
  void theSuitesOfTls13AreThoseOfTheSetting() throws Exception {
    String suites = "client_tls13_ciphers = TLS_CHACHA20_POLY1305_SHA256";
    Handshake handshake =
        new Handshake(clientTls("require", suites), serverTls("server_tls_sslmode = require"), "h");

    assertThat(handshake.succeeds()).isTrue();
    assertThat(TlsSession.describe(handshake.atServer()))
        .isEqualTo("TLSv1.3/TLS_CHACHA20_POLY1305_SHA256");
    assertThatThrownBy(() -> clientTls("require", "client_tls13_ciphers = BLOWFISH"))
        .hasMessageContaining("failed to set the TLSv1.3 cipher suites");
  }

  @Test
  void aClientsCertificateNamesItsUser() throws Exception {
    Handshake handshake =
        new Handshake(
            clientTls("verify-full", "client_tls_ca_file = " + ada.certificate()),
            serverTls(withCertificate(ada)),
            "h");

    assertThat(handshake.succeeds()).isTrue();
    assertThat(TlsSession.names(handshake.atServer())).containsExactly("ada", "ada-two");
  }

  @ParameterizedTest
  @CsvSource({
    "verify-full,other,false",
    "verify-full,none,false",
    "verify-ca,none,false",
    "require,none,true"
  })
  void aClientWithoutTheRightCertificateIsRefusedWhereOneIsDemanded(
      String mode, String shown, boolean opens) throws Exception {
    String certificate =
        shown.equals("other") ? withCertificate(other) : "server_tls_sslmode = require";
    Handshake handshake =
        new Handshake(
            clientTls(mode, "client_tls_ca_file = " + ada.certificate()),
            serverTls(certificate),
            "h");

    assertThat(handshake.succeeds()).isEqualTo(opens);
  }

  @Test
  void disableMeansNoTls() throws Exception {
    assertThat(TlsContexts.load(settings("server_tls_sslmode = disable")))
        .isEqualTo(TlsContexts.NONE);
    assertThat(clientTls("allow", "").isRequired()).isFalse();
    assertThat(clientTls("require", "").isRequired()).isTrue();
    assertThat(serverTls("server_tls_sslmode = prefer").isRequired()).isFalse();
  }

  @Test
  void aFileThatIsMissingOrWrongIsNamed() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    Path encrypted =
        Files.writeString(
            folder.resolve("encrypted"),
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");

    assertThatThrownBy(() -> Pem.certificates("client_tls_ca_file", folder.resolve("gone")))
        .hasMessageMatching(
            "TLS setup failed: client_tls_ca_file .*gone: No such file or directory");
    assertThatThrownBy(() -> Pem.certificates("client_tls_ca_file", empty))
        .hasMessageContaining("no certificate");
    assertThatThrownBy(() -> Pem.privateKey("client_tls_key_file", empty))
        .hasMessageContaining("no private key");
    assertThatThrownBy(() -> Pem.privateKey("client_tls_key_file", encrypted))
        .hasMessageContaining("openssl pkey");
  }

  @Test
  void keysInOldFormatsAreRead() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate();
    byte[] pkcs8 = rsa.getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, RSA_HEADER, pkcs8.length);
    Path file = Identity.write(folder.resolve("old"), ".rsa", "RSA PRIVATE KEY", pkcs1);

    assertThat(Pem.privateKey("client_tls_key_file", file)).isEqualTo(rsa);
  }

  /** SEC 1: a version, 32 bytes of key, and the name of the curve prime256v1. */
  @Test
  void ecKeysInOldFormatsAreRead() throws Exception {
    byte[] sec1 = new byte[51];
    byte[] head = {0x30, 49, 2, 1, 1, 4, 32};
    byte[] curve = {(byte) 0xa0, 10, 6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
    Arrays.fill(sec1, (byte) 0x11);
    System.arraycopy(head, 0, sec1, 0, head.length);
    System.arraycopy(curve, 0, sec1, sec1.length - curve.length, curve.length);
    Path file = Identity.write(folder.resolve("old"), ".ec", "EC PRIVATE KEY", sec1);

    assertThat(Pem.privateKey("client_tls_key_file", file).getAlgorithm()).isEqualTo("EC");
    assertThat(KeyFactory.getInstance("EC")).isNotNull();
    assertThatThrownBy(() -> Der.ecKey(head)).isInstanceOf(IllegalArgumentException.class);
  }

  /** As openssl writes them, with the public key, in all the sizes that lengths are written in. */
  @ParameterizedTest
  @CsvSource({
    "secp256r1, 06082a8648ce3d030107",
    "secp384r1, 06052b81040022",
    "secp521r1, 06052b81040023",
  })
  void ecKeysWithTheirPublicKeysAreRead(String curve, String curveId) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair pair = generator.generateKeyPair();
    BigInteger key = ((ECPrivateKey) pair.getPrivate()).getS();
    ECPoint point = ((ECPublicKey) pair.getPublic()).getW();
    int size = curve.equals("secp521r1") ? 66 : Integer.parseInt(curve.substring(4, 7)) / 8;
    String publicKey = "0004" + hex(point.getAffineX(), size) + hex(point.getAffineY(), size);
    String content =
        "020101" + der("04", hex(key, size)) + der("a0", curveId) + der("a1", der("03", publicKey));
    byte[] sec1 = HexFormat.of().parseHex(der("30", content));
    Path file = Identity.write(folder.resolve(curve), ".ec", "EC PRIVATE KEY", sec1);

    assertThat(((ECPrivateKey) Pem.privateKey("client_tls_key_file", file)).getS()).isEqualTo(key);
  }

  private static String hex(BigInteger number, int bytes) {
    String digits = number.toString(16);
    return "0".repeat(2 * bytes - digits.length()) + digits;
  }

  private static String der(String tag, String content) {
    int length = content.length() / 2;
    return tag + (length < 0x80 ? "" : "81") + String.format("%02x", length) + content;
  }

  private static String withCertificate(Identity identity) {
    return "server_tls_sslmode = require\nserver_tls_cert_file = "
        + identity.certificate()
        + "\nserver_tls_key_file = "
        + identity.key();
  }

  private static ClientTls clientTls(String mode, String more) throws Exception {
    String own =
        "client_tls_sslmode = "
            + mode
            + "\nclient_tls_cert_file = "
            + server.certificate()
            + "\nclient_tls_key_file = "
            + server.key();
    return ClientTls.load(settings(own + "\n" + more)).orElseThrow();
  }

  private static ServerTls serverTls(String text) throws Exception {
    return ServerTls.load(settings(text)).orElseThrow();
  }

  private static Settings settings(String text) throws Exception {
    String ini = "[databases]\n[pgbouncer]\nauth_type = trust\n" + text + "\n";
    return ProxyConfig.of(ini, folder.resolve("pgbouncer.ini")).settings();
  }

  /** Both sides, and what they send each other. */
  private static final class Handshake {
    private final SslHandler inside;
    private final SslHandler outside;
    private final EmbeddedChannel server;
    private final EmbeddedChannel client;

    Handshake(ClientTls atServer, ServerTls atClient, String host) {
      inside = atServer.handler(UnpooledByteBufAllocator.DEFAULT);
      outside = atClient.handler(UnpooledByteBufAllocator.DEFAULT, host, 5432);
      server = new EmbeddedChannel(inside);
      client = new EmbeddedChannel(outside);
    }

    boolean succeeds() {
      for (int round = 0; round < 20; round++) {
        move(client, server);
        move(server, client);
      }
      return inside.handshakeFuture().isSuccess() && outside.handshakeFuture().isSuccess();
    }

    private static void move(EmbeddedChannel from, EmbeddedChannel to) {
      for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
        try {
          to.writeInbound(bytes);
        } catch (Exception e) {
          return; // a refusal, which the futures tell
        }
      }
    }

    SSLSession atServer() {
      return inside.engine().getSession();
    }

    SSLSession atClient() {
      return outside.engine().getSession();
    }
  }
}
