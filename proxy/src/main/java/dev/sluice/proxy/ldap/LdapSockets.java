package dev.sluice.proxy.ldap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.SocketFactory;

/**
 * The sockets of one check of a password. {@link #cut} closes them, so that a call that waits for
 * the server returns: the JDK's LDAP client has no limit for the handshake of STARTTLS.
 *
 * <p>The JDK makes the factory itself, by its class's name and {@link #getDefault}. So the thread
 * knows which one it wants ({@link LdapThread}).
 */
public final class LdapSockets extends SocketFactory {
  private static final System.Logger LOG = System.getLogger("dev.sluice.proxy.ldap");

  private final Supplier<? extends SocketFactory> factory;
  private final List<Socket> open = new ArrayList<>();
  private boolean cut;

  /**
   * Sockets for one check.
   *
   * @param factory what makes them
   */
  LdapSockets(Supplier<? extends SocketFactory> factory) {
    this.factory = factory;
  }

  /** The running thread's, for the JDK. */
  public static SocketFactory getDefault() {
    return LdapThread.currentSockets();
  }

  /** Closes all sockets, and those that are made later. Any thread may call it. */
  synchronized void cut() {
    cut = true;
    open.forEach(LdapSockets::close);
    open.clear();
  }

  private static void close(Socket socket) {
    if (socket.isClosed()) {
      return;
    }
    try {
      socket.setSoLinger(true, 0); // else the end of TLS would wait for the call that it ends
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a socket to an LDAP server could not be closed", e);
    }
  }

  private synchronized Socket kept(Socket socket) throws SocketException {
    if (cut) {
      close(socket);
      throw new SocketException("The time for the check is over");
    }
    open.add(socket);
    return socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    return kept(factory.get().createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return kept(factory.get().createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return kept(factory.get().createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return kept(factory.get().createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return kept(factory.get().createSocket(host, port, local, localPort));
  }
}
