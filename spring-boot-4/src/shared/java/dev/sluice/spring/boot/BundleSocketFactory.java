package dev.sluice.spring.boot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocketFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * Encrypts connections of PostgreSQL's driver with one of Boot's SSL bundles. The driver makes it
 * by its name and passes its properties, so it is public. Thread-safe.
 */
public final class BundleSocketFactory extends SSLSocketFactory {
  /** The driver's property that has the key of the bundle. */
  static final String KEY = "sluiceSslBundle";

  private static final Map<String, SslBundle> BUNDLES = new ConcurrentHashMap<>();

  private final SSLSocketFactory factory;

  /**
   * A factory with the bundle that the properties name.
   *
   * @throws IllegalStateException if there is no such bundle
   */
  public BundleSocketFactory(Properties properties) {
    String key = properties.getProperty(KEY, "");
    SslBundle bundle = BUNDLES.get(key);
    if (bundle == null) {
      throw new IllegalStateException("There is no SSL bundle of the key '" + key + "'");
    }
    this.factory = bundle.createSslContext().getSocketFactory();
  }

  /** Sets the bundle that new connections use. */
  static void use(String key, SslBundle bundle) {
    BUNDLES.put(key, bundle);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return factory.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return factory.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket() throws IOException {
    return factory.createSocket();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return factory.createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return factory.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return factory.createSocket(host, port, local, localPort);
  }
}
