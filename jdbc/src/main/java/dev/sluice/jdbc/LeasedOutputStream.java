package dev.sluice.jdbc;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the bytes of a database value. Cannot be written after the lease. */
final class LeasedOutputStream extends OutputStream {
  private final SluiceConnection connection;
  private final OutputStream stream;

  LeasedOutputStream(SluiceConnection connection, OutputStream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  private OutputStream raw() throws IOException {
    connection.requireHeldForStream();
    return stream;
  }

  @Override
  public void write(int value) throws IOException {
    OutputStream raw = raw();
    try {
      raw.write(value);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    OutputStream raw = raw();
    try {
      raw.write(bytes, offset, length);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void flush() throws IOException {
    OutputStream raw = raw();
    try {
      raw.flush();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
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
