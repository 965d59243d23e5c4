package dev.sluice.proxy.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A self-signed certificate and its key in PEM files, made by the JDK's keytool. Whoever trusts the
 * certificate trusts its owner and nobody else. For tests.
 */
public record Identity(Path certificate, Path key, X509Certificate x509) {
  private static final String PASSWORD = "changeit";

  /** Makes one with this common name and these alternative names, such as dns:localhost. */
  public static Identity make(Path folder, String commonName, String alternativeNames)
      throws Exception {
    return make(folder, commonName, alternativeNames, "EC");
  }

  static Identity make(Path folder, String commonName, String alternativeNames, String algorithm)
      throws Exception {
    Path store = folder.resolve(commonName + "-" + algorithm + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "x",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + commonName + ",O=Sluice",
                "-ext",
                "SAN=" + alternativeNames,
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool: " + said);
    }
    return load(store);
  }

  private static Identity load(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    X509Certificate x509 = (X509Certificate) keys.getCertificate("x");
    Key key = keys.getKey("x", PASSWORD.toCharArray());
    return new Identity(
        write(store, ".crt", "CERTIFICATE", x509.getEncoded()),
        write(store, ".key", "PRIVATE KEY", key.getEncoded()),
        x509);
  }

  static Path write(Path beside, String extension, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    String pem = "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    return Files.writeString(beside.resolveSibling(beside.getFileName() + extension), pem);
  }
}
