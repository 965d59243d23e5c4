package dev.sluice.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Two keys for the server, of which its clients trust one, made by the JDK's keytool. */
final class SoakCertificates implements AutoCloseable {
  private static final String STORE_PASSWORD = "store-secret";

  private final Path folder;

  /** So that keys do not outlive a soak that is broken off. */
  private final Thread atTheEnd = new Thread(this::delete, "soak-certificates-end");

  private SoakCertificates(Path folder) {
    this.folder = folder;
  }

  static SoakCertificates make() {
    try {
      SoakCertificates made = new SoakCertificates(Files.createTempDirectory("sluice-soak"));
      Runtime.getRuntime().addShutdownHook(made.atTheEnd);
      made.key("good");
      made.key("other");
      return made;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("Cannot make certificates", e);
    }
  }

  /** The certificate that clients trust. */
  Path trusted() {
    return folder.resolve("good.crt");
  }

  private void key(String name) throws IOException, GeneralSecurityException {
    Path store = folder.resolve(name + ".p12");
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "key",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost",
            "-validity",
            "90",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            STORE_PASSWORD));
    char[] password = STORE_PASSWORD.toCharArray();
    KeyStore keys = KeyStore.getInstance(store.toFile(), password);
    pem(name + ".key", "PRIVATE KEY", keys.getKey("key", password).getEncoded());
    pem(name + ".crt", "CERTIFICATE", keys.getCertificate("key").getEncoded());
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void pem(String file, String what, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  /** Puts a key where the server finds it, as files of the server's own user. */
  void install(String name, Path data) {
    try {
      for (String end : List.of("key", "crt")) {
        Path file = data.resolve("server." + end);
        Files.writeString(file, Files.readString(folder.resolve(name + "." + end)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(file, "unix:uid", Files.getAttribute(data, "unix:uid"));
        Files.setAttribute(file, "unix:gid", Files.getAttribute(data, "unix:gid"));
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot install " + name, e);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atTheEnd);
    } catch (IllegalStateException e) {
      return; // the JVM ends, and the hook deletes them
    }
    delete();
  }

  private void delete() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot delete " + folder, e);
    }
  }
}
