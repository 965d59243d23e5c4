package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the messages of a server. Each method appends one whole message. */
public final class Replies {
  private static final int TEXT_OID = 25;
  private static final int NO_MODIFIER = -1;

  /**
   * A column of an answer.
   *
   * @param type the OID of its type
   * @param size of a value in bytes; negative if it varies
   */
  public record Column(String name, int type, int size) {
    /** A column of text. */
    public static Column text(String name) {
      return new Column(name, TEXT_OID, -1);
    }

    /** A column of 32-bit integers. */
    public static Column int4(String name) {
      return new Column(name, 23, 4);
    }

    /** A column of 64-bit integers. */
    public static Column int8(String name) {
      return new Column(name, 20, 8);
    }

    /** A column of decimal numbers. */
    public static Column numeric(String name) {
      return new Column(name, 1700, -1);
    }
  }

  private Replies() {}

  private static int begin(ByteBuf out, byte type) {
    out.writeByte(type);
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  private static void end(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start);
  }

  /** A message without a payload: ParseComplete, CloseComplete, NoData … */
  public static void empty(ByteBuf out, byte type) {
    out.writeByte(type).writeInt(4);
  }

  /** A request of authentication, or its success (code 0). */
  public static void authentication(ByteBuf out, int code, byte[] payload) {
    out.writeByte(Backend.AUTHENTICATION).writeInt(8 + payload.length).writeInt(code);
    out.writeBytes(payload);
  }

  /** A setting and its value. */
  public static void parameterStatus(ByteBuf out, String name, String value) {
    int start = begin(out, Backend.PARAMETER_STATUS);
    Text.write(out, name);
    Text.write(out, value);
    end(out, start);
  }

  /** The key with which a query can be cancelled. */
  public static void backendKeyData(ByteBuf out, byte[] key) {
    out.writeByte(Backend.BACKEND_KEY_DATA).writeInt(4 + key.length).writeBytes(key);
  }

  /** Ready for a query. */
  public static void ready(ByteBuf out, TransactionStatus status) {
    out.writeByte(Backend.READY).writeInt(5).writeByte(status.code());
  }

  /** An error. */
  public static void error(ByteBuf out, ErrorFields error) {
    int start = begin(out, Backend.ERROR);
    error.write(out);
    end(out, start);
  }

  /** A notice. */
  public static void notice(ByteBuf out, ErrorFields notice) {
    int start = begin(out, Backend.NOTICE);
    notice.write(out);
    end(out, start);
  }

  /** The columns of the rows that follow, all in text format. */
  public static void rowDescription(ByteBuf out, List<Column> columns) {
    int start = begin(out, Backend.ROW_DESCRIPTION);
    out.writeShort(columns.size());
    for (Column column : columns) {
      Text.write(out, column.name());
      out.writeInt(0).writeShort(0); // of no table
      out.writeInt(column.type()).writeShort(column.size()).writeInt(NO_MODIFIER);
      out.writeShort(0); // as text
    }
    end(out, start);
  }

  /** A row; null is NULL. */
  public static void dataRow(ByteBuf out, List<@Nullable String> values) {
    int start = begin(out, Backend.DATA_ROW);
    out.writeShort(values.size());
    for (String value : values) {
      if (value == null) {
        out.writeInt(-1);
      } else {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length).writeBytes(bytes);
      }
    }
    end(out, start);
  }

  /** The end of a command. */
  public static void commandComplete(ByteBuf out, String tag) {
    int start = begin(out, Backend.COMMAND_COMPLETE);
    Text.write(out, tag);
    end(out, start);
  }

  /** That the parameters of a statement are of no type. */
  public static void noParameters(ByteBuf out) {
    out.writeByte(Backend.PARAMETER_DESCRIPTION).writeInt(6).writeShort(0);
  }

  /**
   * The newest version that is spoken here, and the options that are not known. PostgreSQL sends
   * the whole version, and libpq expects it, though the documentation speaks of the minor one.
   *
   * @param version as in the start-up packet
   */
  public static void negotiateVersion(ByteBuf out, int version, List<String> unknownOptions) {
    int start = begin(out, Backend.NEGOTIATE_VERSION);
    out.writeInt(version).writeInt(unknownOptions.size());
    unknownOptions.forEach(option -> Text.write(out, option));
    end(out, start);
  }
}
