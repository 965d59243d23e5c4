package dev.sluice.jdbc;

import java.io.IOException;
import java.io.Reader;

/** The text of a database value. Cannot be read after the lease. */
final class LeasedReader extends Reader {
  private final SluiceConnection connection;
  private final Reader reader;

  LeasedReader(SluiceConnection connection, Reader reader) {
    this.connection = connection;
    this.reader = reader;
  }

  private Reader raw() throws IOException {
    connection.requireHeldForStream();
    return reader;
  }

  @Override
  public int read() throws IOException {
    Reader raw = raw();
    try {
      return raw.read();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public int read(char[] text, int offset, int length) throws IOException {
    Reader raw = raw();
    try {
      return raw.read(text, offset, length);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public long skip(long count) throws IOException {
    Reader raw = raw();
    try {
      return raw.skip(count);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public boolean ready() throws IOException {
    Reader raw = raw();
    try {
      return raw.ready();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void mark(int limit) throws IOException {
    Reader raw = raw();
    try {
      raw.mark(limit);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void reset() throws IOException {
    Reader raw = raw();
    try {
      raw.reset();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public boolean markSupported() {
    return connection.isHeld() && reader.markSupported();
  }

  /** Has no effect after the lease. */
  @Override
  public void close() throws IOException {
    if (!connection.isHeld()) {
      return;
    }
    try {
      reader.close();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }
}
