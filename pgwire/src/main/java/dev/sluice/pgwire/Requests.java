package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes the messages of a client. Each method appends one whole message. */
public final class Requests {
  private Requests() {}

  /** The request to log in. */
  public static void startup(ByteBuf out, int version, Map<String, String> parameters) {
    int start = out.writerIndex();
    out.writeInt(0).writeInt(version);
    parameters.forEach(
        (name, value) -> {
          Text.write(out, name);
          Text.write(out, value);
        });
    out.writeByte(0);
    out.setInt(start, out.writerIndex() - start);
  }

  /** The question whether the server speaks TLS. */
  public static void sslRequest(ByteBuf out) {
    out.writeInt(8).writeInt(StartupPacket.SSL_CODE);
  }

  /** The wish to cancel the query of the session with this key. */
  public static void cancel(ByteBuf out, byte[] key) {
    out.writeInt(8 + key.length).writeInt(StartupPacket.CANCEL_CODE).writeBytes(key);
  }

  /** A message with a payload that is made already. */
  public static void message(ByteBuf out, byte type, byte[] payload) {
    out.writeByte(type).writeInt(4 + payload.length).writeBytes(payload);
  }

  /** A simple query. */
  public static void query(ByteBuf out, String sql) {
    out.writeByte(Frontend.QUERY);
    int start = out.writerIndex();
    out.writeInt(0);
    Text.write(out, sql);
    out.setInt(start, out.writerIndex() - start);
  }

  /** A simple query, one character for each byte. */
  public static void queryBytes(ByteBuf out, String sql) {
    out.writeByte(Frontend.QUERY).writeInt(4 + sql.length() + 1);
    out.writeCharSequence(sql, StandardCharsets.ISO_8859_1);
    out.writeByte(0);
  }

  /**
   * A command by the extended protocol, one character for each byte: Close, Parse, Bind, Execute,
   * and Close of the portal and the statement. Both have this name, so that the unnamed ones of
   * somebody else stay. The first Close is for a statement that an error has left behind.
   */
  public static void execute(ByteBuf out, String name, String sql) {
    closeStatement(out, name);
    int length = name.length();
    out.writeByte(Frontend.PARSE).writeInt(4 + length + 1 + sql.length() + 1 + 2);
    Text.write(out, name);
    out.writeCharSequence(sql, StandardCharsets.ISO_8859_1);
    out.writeByte(0).writeShort(0);
    out.writeByte(Frontend.BIND).writeInt(4 + 2 * (length + 1) + 6);
    Text.write(out, name);
    Text.write(out, name);
    out.writeShort(0).writeShort(0).writeShort(0);
    out.writeByte(Frontend.EXECUTE).writeInt(4 + length + 1 + 4);
    Text.write(out, name);
    out.writeInt(0);
    close(out, 'P', name);
    closeStatement(out, name);
  }

  /** The end of a batch. */
  public static void sync(ByteBuf out) {
    out.writeByte(Frontend.SYNC).writeInt(4);
  }

  /** The wish to close a prepared statement. */
  public static void closeStatement(ByteBuf out, String name) {
    close(out, 'S', name);
  }

  private static void close(ByteBuf out, char what, String name) {
    out.writeByte(Frontend.CLOSE);
    int start = out.writerIndex();
    out.writeInt(0).writeByte(what);
    Text.write(out, name);
    out.setInt(start, out.writerIndex() - start);
  }

  /** The end of the session. */
  public static void terminate(ByteBuf out) {
    out.writeByte(Frontend.TERMINATE).writeInt(4);
  }
}
