package dev.sluice.proxy;

import dev.sluice.pgwire.StartupPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  static boolean isCancel(Message startup) {
    return startup.number(0) == StartupPacket.CANCEL_CODE;
  }
}
