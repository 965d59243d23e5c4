package dev.sluice.proxy.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What a finished handshake says. */
public final class TlsSession {
  private static final int DNS_NAME = 2;

  private TlsSession() {}

  /** Version and cipher suite, as logs and the console show them. */
  public static String describe(SSLSession session) {
    return session.getProtocol() + "/" + session.getCipherSuite();
  }

  /** The certificate of the other side; empty if it showed none. */
  public static Optional<X509Certificate> peer(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate x509
          ? Optional.of(x509)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // this is how the JDK says that there is none
    }
  }

  /**
   * The names in the other side's certificate that may be a user's: the common name, and the
   * alternative names of hosts. Wildcards are names like any other, and match no user.
   */
  public static List<String> names(SSLSession session) {
    List<String> names = new ArrayList<>();
    peer(session).ifPresent(certificate -> addNames(certificate, names));
    return names;
  }

  private static void addNames(X509Certificate certificate, List<String> names) {
    commonName(certificate).ifPresent(names::add);
    for (List<?> name : alternativeNames(certificate)) {
      if (Integer.valueOf(DNS_NAME).equals(name.get(0)) && name.get(1) instanceof String host) {
        names.add(host);
      }
    }
  }

  private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of(); // a name that cannot be read opens nothing
    }
  }

  /** The most specific common name. */
  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (int i = subject.size() - 1; i >= 0; i--) {
        Rdn part = subject.getRdn(i);
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          return Optional.of(name);
        }
      }
      return Optional.empty();
    } catch (InvalidNameException e) {
      return Optional.empty(); // a name that cannot be read opens nothing
    }
  }
}
