package dev.sluice.jdbc;

import java.io.IOException;
import java.io.Writer;

/** Writes the text of a database value. Cannot be written after the lease. */
final class LeasedWriter extends Writer {
  private final SluiceConnection connection;
  private final Writer writer;

  LeasedWriter(SluiceConnection connection, Writer writer) {
    this.connection = connection;
    this.writer = writer;
  }

  private Writer raw() throws IOException {
    connection.requireHeldForStream();
    return writer;
  }

  @Override
  public void write(int value) throws IOException {
    Writer raw = raw();
    try {
      raw.write(value);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    Writer raw = raw();
    try {
      raw.write(text, offset, length);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    Writer raw = raw();
    try {
      raw.write(text, offset, length);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }

  @Override
  public void flush() throws IOException {
    Writer raw = raw();
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
      writer.close();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failedStream(e);
    }
  }
}
