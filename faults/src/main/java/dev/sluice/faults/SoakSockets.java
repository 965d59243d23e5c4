package dev.sluice.faults;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Sockets for PostgreSQL's driver whose input fails when the driver skips beyond its end.
 *
 * <p>The driver calls {@link InputStream#skip} until it has skipped a whole message (up to
 * 42.7.14). At the end of the stream that call returns 0, so the driver's thread loops for ever and
 * uses a whole processor. With these sockets the driver gets an exception instead, as it will from
 * the version that corrects this, and a soak measures the pool.
 */
public final class SoakSockets extends SocketFactory {
  /** For the driver, which makes it by its name. */
  public SoakSockets() {}

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public InputStream getInputStream() throws IOException {
        return new Input(super.getInputStream());
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw connected();
  }

  private static UnsupportedOperationException connected() {
    return new UnsupportedOperationException("the driver connects its sockets itself");
  }

  private static final class Input extends FilterInputStream {
    Input(InputStream in) {
      super(in);
    }

    @Override
    public long skip(long wanted) throws IOException {
      long skipped = super.skip(wanted);
      if (skipped > 0 || wanted <= 0) {
        return skipped;
      }
      if (read() < 0) {
        throw new EOFException("the connection ended within a message");
      }
      return 1;
    }
  }
}
