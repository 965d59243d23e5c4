package dev.sluice.proxy.ldap;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSimpleBindRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldif.LDIFException;
import dev.sluice.proxy.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** An LDAP server in this process, with a few people, by plain connections and by TLS. */
public final class TestDirectory implements AutoCloseable {
  public static final String BASE = "dc=example,dc=net";
  public static final String SEARCHER = "cn=searcher,dc=example,dc=net";
  public static final String SEARCHERS_PASSWORD = "looking for it";

  private final InMemoryDirectoryServer server;

  /** The names of all who tried to bind. */
  public final List<String> binds = new CopyOnWriteArrayList<>();

  public TestDirectory(Identity identity, Path store) throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    SSLContext tls = serverContext(store);
    InetAddress here = InetAddress.getLoopbackAddress();
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig("plain", here, 0, tls.getSocketFactory()),
        InMemoryListenerConfig.createLDAPSConfig(
            "tls", here, 0, tls.getServerSocketFactory(), trusting(identity)));
    config.setSchema(null);
    config.addAdditionalBindCredentials(SEARCHER, SEARCHERS_PASSWORD);
    config.addInMemoryOperationInterceptor(
        new InMemoryOperationInterceptor() {
          @Override
          public void processSimpleBindRequest(InMemoryInterceptedSimpleBindRequest request) {
            binds.add(request.getRequest().getBindDN());
          }
        });
    server = new InMemoryDirectoryServer(config);
    server.add("dn: " + BASE, "objectClass: domain", "dc: example");
    server.add("dn: ou=people," + BASE, "objectClass: organizationalUnit", "ou: people");
    server.startListening();
  }

  private static SSLContext serverContext(Path store) throws IOException, GeneralSecurityException {
    char[] password = "changeit".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  /** What trusts this identity alone. */
  public static SSLSocketFactory trusting(Identity identity)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("x", identity.x509());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  /** Adds somebody, whose entry is named as RFC 4514 wants it. */
  public void add(String user, String password, String... more) throws LDAPException {
    Entry entry = new Entry(new DN(new RDN("uid", user), new DN("ou=people," + BASE)));
    entry.addAttribute("objectClass", "person");
    entry.addAttribute("uid", user);
    entry.addAttribute("userPassword", password);
    for (String attribute : more) {
      int equals = attribute.indexOf('=');
      entry.addAttribute(attribute.substring(0, equals), attribute.substring(equals + 1));
    }
    server.add(entry);
  }

  /** Changes somebody's password. */
  public void password(String user, String password) throws LDAPException, LDIFException {
    server.modify(
        "dn: uid=" + user + ",ou=people," + BASE,
        "changetype: modify",
        "replace: userPassword",
        "userPassword: " + password);
  }

  /** The port of plain connections. */
  public int port() {
    return server.getListenPort("plain");
  }

  /** The port of TLS. */
  public int tlsPort() {
    return server.getListenPort("tls");
  }

  @Override
  public void close() {
    server.shutDown(true);
  }
}
