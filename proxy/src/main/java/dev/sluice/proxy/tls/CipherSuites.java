package dev.sluice.proxy.tls;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * The cipher suites of a side: the JDK's, which the security properties of the JVM limit. Those of
 * TLS 1.3, whose names are the same in OpenSSL and in the JDK, can be named by a setting.
 */
final class CipherSuites {
  private static final Set<String> OF_TLS_1_3 =
      Set.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

  private CipherSuites() {}

  /** The named suites of TLS 1.3, or all of them, and the JDK's of TLS 1.2. */
  static List<String> of(String setting, Optional<String> named) throws TlsException {
    List<String> suites = new ArrayList<>(defaults());
    if (named.isPresent()) {
      suites.removeIf(OF_TLS_1_3::contains);
      suites.addAll(0, parse(setting, named.get()));
    }
    return suites;
  }

  private static List<String> parse(String setting, String named) throws TlsException {
    List<String> suites = List.of(named.split("[:, ]", -1));
    for (String name : suites) {
      if (!OF_TLS_1_3.contains(name)) {
        throw new TlsException(
            "failed to set the TLSv1.3 cipher suites: " + setting + " knows no " + name);
      }
    }
    return suites;
  }

  private static List<String> defaults() throws TlsException {
    try {
      return List.of(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException e) {
      throw new TlsException("TLS setup failed: this JVM has no TLS", e);
    }
  }
}
