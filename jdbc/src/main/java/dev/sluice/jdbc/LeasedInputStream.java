package dev.sluice.jdbc;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a database value. Cannot be read after the lease. */
final class LeasedInputStream extends InputStream {
  private final SluiceConnection connection;
  private final InputStream stream;

  LeasedInputStream(SluiceConnection connection, InputStream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  private InputStream raw() throws IOException {
    connection.requireHeldForStream();
    return stream;
  }

  @Override
  public int read() throws IOException {
    InputStream raw = raw();
    try {
      return raw.read();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    InputStream raw = raw();
    try {
      return raw.read(bytes, offset, length);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public long skip(long count) throws IOException {
    InputStream raw = raw();
    try {
      return raw.skip(count);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public int available() throws IOException {
    InputStream raw = raw();
    try {
      return raw.available();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void reset() throws IOException {
    InputStream raw = raw();
    try {
      raw.reset();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void mark(int limit) {
    if (connection.isHeld()) {
      stream.mark(limit);
    }
  }

  @Override
  public boolean markSupported() {
    return connection.isHeld() && stream.markSupported();
  }

  /** Has no effect after the lease. */
  @Override
  public void close() throws IOException {
    if (!connection.isHeld()) {
      return;
    }
    try {
      stream.close();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }
}
