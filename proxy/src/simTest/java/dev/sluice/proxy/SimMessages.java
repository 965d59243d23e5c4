package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts bytes into messages, and makes messages. */
final class SimMessages {
  /**
   * A message.
   *
   * @param type 0 for the start-up packet
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares messages
  record Message(char type, byte[] body) {
    /** The text from there to the next zero byte. */
    String text(int from) {
      int end = from;
      while (body[end] != 0) {
        end++;
      }
      return new String(body, from, end - from, StandardCharsets.UTF_8);
    }

    int number(int at) {
      return ByteBuffer.wrap(body).getInt(at);
    }

    int shortNumber(int at) {
      return ByteBuffer.wrap(body).getShort(at);
    }
  }

  private byte[] rest = new byte[0];
  private boolean started;

  /** Begins with a start-up packet if the sender is a client. */
  SimMessages(boolean ofClient) {
    started = !ofClient;
  }

  /** Another start-up packet comes. */
  void restart() {
    started = false;
  }

  void add(byte[] bytes) {
    rest = join(rest, bytes);
  }

  /** Whether a part of a message has come, and not yet the rest. */
  boolean isAmid() {
    return rest.length > 0;
  }

  /** The next whole message; null if there is none yet. */
  @Nullable Message next() {
    int head = started ? 1 : 0;
    if (rest.length < head + 4) {
      return null;
    }
    int length = head + ByteBuffer.wrap(rest).getInt(head);
    if (rest.length < length) {
      return null;
    }
    Message next =
        new Message(started ? (char) rest[0] : 0, Arrays.copyOfRange(rest, head + 4, length));
    rest = Arrays.copyOfRange(rest, length, rest.length);
    started = true;
    return next;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** What something writes. */
  static byte[] of(Consumer<ByteBuf> writer) {
    ByteBuf out = Unpooled.buffer();
    writer.accept(out);
    return ByteBufUtil.getBytes(out);
  }

  /** A message from its parts: texts, which get a zero byte, and shorts and ints as they are. */
  static byte[] message(char type, Object... parts) {
    return of(
        out -> {
          out.writeByte(type).writeInt(0);
          for (Object part : parts) {
            if (part instanceof String text) {
              out.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
            } else if (part instanceof Short number) {
              out.writeShort(number);
            } else if (part instanceof Integer number) {
              out.writeInt(number);
            } else if (part instanceof Character code) {
              out.writeByte(code);
            } else {
              out.writeBytes((byte[]) part);
            }
          }
          out.setInt(1, out.writerIndex() - 1);
        });
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] row(String content) {
    byte[] value = bytes(content);
    return message('D', (short) 1, value.length, value);
  }

  static byte[] error(String severity, String code, String text) {
    return of(out -> Replies.error(out, ErrorFields.of(severity, code, text)));
  }

  /** The message that {@link SimClient} describes by these words. */
  static byte[] answer(String words) {
    String rest = words.length() < 2 ? "" : words.substring(2);
    return switch (words.charAt(0)) {
      case 'T' -> message('T', (short) 0);
      case 'D' -> row(rest);
      case 'C' -> message('C', rest);
      case 'E' -> error("ERROR", rest.substring(0, 5), rest.substring(6));
      default -> throw new AssertionError("nobody knows " + words);
    };
  }

  /** The names of the columns of a row. */
  static List<String> columns(Message description) {
    List<String> names = new ArrayList<>();
    for (int at = 2; at < description.body().length; ) {
      String name = description.text(at);
      names.add(name);
      at += bytes(name).length + 1 + 18; // what follows is of its type
    }
    return names;
  }

  /** The values of a row; NULL is empty. */
  static Map<String, String> values(Message row, List<String> columns) {
    Map<String, String> values = new LinkedHashMap<>();
    int at = 2;
    for (String column : columns) {
      int length = Math.max(0, row.number(at));
      values.put(column, new String(row.body(), at + 4, length, StandardCharsets.UTF_8));
      at += 4 + length;
    }
    return values;
  }

  /** What an error says: FATAL or E, the SQLSTATE and the text. */
  static String errorText(Message message) {
    try {
      ErrorFields error = ErrorFields.read(Unpooled.wrappedBuffer(message.body()));
      boolean fatal = error.severity().equals("FATAL");
      return (fatal ? "FATAL " : "E ") + error.sqlState() + " " + error.message();
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  static boolean isCancel(Message startup) {
    return startup.number(0) == StartupPacket.CANCEL_CODE;
  }
}
