package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a server sends into messages, without collecting them: rows go on as they arrive. What
 * lies side by side and goes to the same place goes there as one piece.
 *
 * <p><b>States:</b> BETWEEN messages, or INSIDE one whose length is known, of which {@code rest}
 * bytes are still to come. Messages that decide something (ReadyForQuery, CommandComplete,
 * ParameterStatus, errors, notifications) are looked at whole, so their length is bounded.
 */
final class ServerStream {
  /** What becomes of the messages. */
  interface Sink {
    /**
     * A message that is here as a whole.
     *
     * @param body its payload, which must not be kept
     * @return whether it goes on
     */
    boolean whole(byte type, ByteBuf body) throws ProtocolException;

    /** A message begins that goes on as it comes; returns whether it does. */
    boolean begins(byte type) throws ProtocolException;

    /** Bytes that go on; the receiver releases them. */
    void pass(ByteBuf bytes);

    /** The end of a message; returns what the sink has to say in between, or null. */
    @Nullable ByteBuf between();
  }

  private static final int HEADER = 5;
  private static final int LONGEST_WHOLE = 1 << 20;
  private static final int LONGEST_ERROR = 1 << 16;

  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf pending;
  private long rest;
  private boolean passing;

  ServerStream(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Whether all that came was made of whole messages. */
  boolean isBetween() {
    return rest == 0 && pending == null;
  }

  /** Whether a part of a message has gone on, and the rest of it not yet. */
  boolean isPassing() {
    return rest > 0 && passing;
  }

  /**
   * Handles bytes, and releases them.
   *
   * @throws ProtocolException if the server broke the protocol
   */
  void feed(ByteBuf bytes, Sink sink) throws ProtocolException {
    ByteBuf in = join(bytes);
    int run = in.readerIndex();
    try {
      while (in.isReadable()) {
        if (rest == 0) {
          int begin = in.readerIndex();
          if (!begin(in, sink)) {
            break;
          }
          if (!passing) {
            flush(in, run, begin, sink);
          }
        }
        int some = (int) Math.min(rest, in.readableBytes());
        in.skipBytes(some);
        rest -= some;
        if (!passing) {
          run = in.readerIndex();
        }
        if (rest == 0) {
          ByteBuf more = sink.between();
          if (more != null) {
            flush(in, run, in.readerIndex(), sink);
            run = in.readerIndex();
            sink.pass(more);
          }
        }
      }
      finish(in, run, sink);
    } catch (ProtocolException e) { // what came before that is whole
      flush(in, run, in.readerIndex(), sink);
      in.release();
      throw e;
    } catch (Throwable e) {
      in.release();
      throw e;
    }
  }

  private ByteBuf join(ByteBuf bytes) {
    ByteBuf before = pending;
    if (before == null) {
      return bytes;
    }
    pending = null;
    return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, bytes);
  }

  /** Looks at the head of a message; false if too little of it is here. */
  private boolean begin(ByteBuf in, Sink sink) throws ProtocolException {
    if (in.readableBytes() < HEADER) {
      return false;
    }
    int at = in.readerIndex();
    byte type = in.getByte(at);
    int length = in.getInt(at + 1);
    if (length < 4 || !Backend.isKnown(type)) {
      throw new ProtocolException("the server sent no message of its protocol");
    }
    if (isWhole(type, length)) {
      if (length > LONGEST_WHOLE) {
        throw new ProtocolException("the server sent a status of " + length + " bytes");
      }
      if (in.readableBytes() <= length) {
        return false;
      }
      passing = sink.whole(type, in.slice(at + HEADER, length - 4));
    } else {
      passing = sink.begins(type);
    }
    rest = 1L + length;
    return true;
  }

  private static boolean isWhole(byte type, int length) {
    return switch (type) {
      case Backend.READY, Backend.COMMAND_COMPLETE, Backend.PARAMETER_STATUS -> true;
      case Backend.ERROR, Backend.NOTIFICATION -> length <= LONGEST_ERROR;
      default -> false;
    };
  }

  private static void flush(ByteBuf in, int from, int to, Sink sink) {
    if (to > from) {
      sink.pass(in.retainedSlice(from, to - from));
    }
  }

  /** Passes on what is left, and keeps the head of a message that is not here yet. */
  private void finish(ByteBuf in, int run, Sink sink) {
    int end = in.readerIndex();
    if (in.isReadable()) {
      flush(in, run, end, sink);
      pending = in;
    } else if (end > run) {
      sink.pass(in.readerIndex(run)); // all of it, without a slice
    } else {
      in.release();
    }
  }

  /** Lets go what is kept: the connection has ended. */
  void release() {
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }
}
