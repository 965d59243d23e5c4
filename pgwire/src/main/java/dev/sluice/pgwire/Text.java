package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Strings of the protocol: bytes that end with a zero. */
public final class Text {
  private Text() {}

  /** Writes a string and the zero. */
  public static void write(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    out.writeByte(0);
  }

  /**
   * Reads a string and the zero.
   *
   * @param what it is, for the message
   * @throws ProtocolException if no zero follows
   */
  public static String read(ByteBuf in, String what) throws ProtocolException {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolException(what + " does not end with a zero byte");
    }
    String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
    in.skipBytes(length + 1);
    return text;
  }

  /** A type as people read it: {@code 'Q'}, or {@code 0x07}. */
  static String type(byte type) {
    boolean printable = type > ' ' && type < 0x7f;
    return printable ? "'" + (char) type + "'" : String.format("0x%02x", type);
  }
}
