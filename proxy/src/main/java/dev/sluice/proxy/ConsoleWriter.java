package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.Replies.Column;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the console's rows, as text or in the binary formats that drivers ask for. */
final class ConsoleWriter {
  private static final int INT4 = 23;
  private static final int INT8 = 20;
  private static final int NUMERIC = 1700;
  private static final int NUMERIC_BASE = 10_000;

  /** Enough digits of that base for every long. */
  private static final int NUMERIC_DIGITS = 5;

  private ConsoleWriter() {}

  /**
   * Which columns are binary.
   *
   * @param codes none: all text; one: for all; else one for each column
   */
  static boolean isBinary(short[] codes, int column) {
    if (codes.length == 0) {
      return false;
    }
    return codes[codes.length == 1 ? 0 : Math.min(column, codes.length - 1)] == 1;
  }

  /** Describes the rows, with the formats that were asked for. */
  static void describe(ByteBuf out, List<Column> columns, short[] codes) {
    int start = out.writerIndex();
    Replies.rowDescription(out, columns);
    int at = start + 7;
    for (int i = 0; i < columns.size(); i++) {
      at = out.indexOf(at, out.writerIndex(), (byte) 0) + 1 + 18;
      out.setShort(at - 2, isBinary(codes, i) ? 1 : 0);
    }
  }

  /** Writes a row. */
  static void row(ByteBuf out, List<Column> columns, List<@Nullable String> values, short[] codes) {
    out.writeByte(Backend.DATA_ROW);
    int start = out.writerIndex();
    out.writeInt(0).writeShort(values.size());
    for (int i = 0; i < values.size(); i++) {
      value(out, columns.get(i), values.get(i), isBinary(codes, i));
    }
    out.setInt(start, out.writerIndex() - start);
  }

  private static void value(ByteBuf out, Column column, @Nullable String value, boolean binary) {
    if (value == null) {
      out.writeInt(-1);
    } else if (binary && column.type() == INT4) {
      out.writeInt(4).writeInt(Integer.parseInt(value));
    } else if (binary && column.type() == INT8) {
      out.writeInt(8).writeLong(Long.parseLong(value));
    } else if (binary && column.type() == NUMERIC) {
      numeric(out, Long.parseLong(value));
    } else {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length).writeBytes(bytes);
    }
  }

  /** An integer as PostgreSQL's numeric: digits of base 10,000, the highest first. */
  private static void numeric(ByteBuf out, long value) {
    short[] digits = new short[NUMERIC_DIGITS];
    int count = 0;
    for (long rest = value; rest != 0; rest /= NUMERIC_BASE) {
      digits[count] = (short) Math.abs(rest % NUMERIC_BASE);
      count++;
    }
    out.writeInt(8 + 2 * count).writeShort(count).writeShort(Math.max(0, count - 1));
    out.writeShort(value < 0 ? 0x4000 : 0).writeShort(0);
    for (int i = count - 1; i >= 0; i--) {
      out.writeShort(digits[i]);
    }
  }
}
