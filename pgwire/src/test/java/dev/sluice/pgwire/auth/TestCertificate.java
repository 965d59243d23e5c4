package dev.sluice.pgwire.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate for localhost with its key, made by the JDK's keytool. For tests. */
record TestCertificate(X509Certificate certificate, SSLContext context) {
  private static final String PASSWORD = "changeit";
  private static final String ALIAS = "server";

  /** Makes one whose key and signature are of these kinds, such as EC and SHA256withECDSA. */
  static TestCertificate make(Path folder, String key, String signature)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve(signature + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                key,
                "-sigalg",
                signature,
                "-dname",
                "CN=localhost",
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

  private static TestCertificate load(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return new TestCertificate((X509Certificate) keys.getCertificate(ALIAS), context);
  }
}
