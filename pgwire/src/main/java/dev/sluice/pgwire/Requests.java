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

  /** Parse, Bind and Execute of a command, one character for each byte, without names. */
  public static void execute(ByteBuf out, String sql) {
    out.writeByte(Frontend.PARSE).writeInt(4 + 1 + sql.length() + 1 + 2).writeByte(0);
    out.writeCharSequence(sql, StandardCharsets.ISO_8859_1);
    out.writeByte(0).writeShort(0);
    out.writeByte(Frontend.BIND).writeInt(4 + 2 + 6).writeShort(0);
    out.writeShort(0).writeShort(0).writeShort(0);
    out.writeByte(Frontend.EXECUTE).writeInt(4 + 1 + 4).writeByte(0).writeInt(0);
  }

  /** The end of a batch. */
  public static void sync(ByteBuf out) {
    out.writeByte(Frontend.SYNC).writeInt(4);
  }

  /** The wish to close a prepared statement. */
  public static void closeStatement(ByteBuf out, String name) {
    out.writeByte(Frontend.CLOSE);
    int start = out.writerIndex();
    out.writeInt(0).writeByte('S');
    Text.write(out, name);
    out.setInt(start, out.writerIndex() - start);
  }

  /** The end of the session. */
  public static void terminate(ByteBuf out) {
    out.writeByte(Frontend.TERMINATE).writeInt(4);
  }
}
