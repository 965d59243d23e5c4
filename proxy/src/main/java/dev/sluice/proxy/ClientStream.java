package dev.sluice.proxy;

import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into messages, without collecting them, and stops where the client must
 * wait. What lies side by side goes to the server as one piece.
 *
 * <p><b>States:</b> BETWEEN messages, or INSIDE one of which {@code rest} bytes are still to come
 * and go to the server, or nowhere.
 */
final class ClientStream {
  /** What becomes of a message. */
  enum Verdict {
    /** It goes to the server as it comes. */
    PASS,
    /** It goes nowhere. */
    DROP,
    /** The sink takes its head, or all of it, and sends something else instead. */
    TAKE,
    /** Not now: the client waits. */
    STOP
  }

  /** Who decides. */
  interface Sink {
    /** Whether messages may be handled now. */
    boolean mayRead();

    /**
     * A message is next.
     *
     * @param in holds what is here of it
     * @param at where its payload begins
     * @param end where the part of its payload ends that is here
     */
    Verdict next(byte type, ByteBuf in, int at, int end) throws ProtocolException;

    /**
     * Takes the head of a message, for {@link Verdict#TAKE}.
     *
     * @param body what is here of its payload; must not be changed
     * @param length of the whole payload
     * @return how many bytes of the payload were taken, the rest of which goes to the server as it
     *     comes; -1 if more of it must be here first
     */
    int take(byte type, ByteBuf body, int length) throws ProtocolException;

    /** Bytes for the server; the receiver releases them. */
    void pass(ByteBuf bytes);
  }

  static final int HEADER = 5;

  private @Nullable ByteBuf pending;
  private long rest;
  private boolean passing;

  /** Where the piece begins that goes to the server next. */
  private int run;

  /** Whether nothing is kept here. */
  boolean isEmpty() {
    return pending == null;
  }

  /** How many bytes are kept. */
  int size() {
    return pending == null ? 0 : pending.readableBytes();
  }

  /** Whether the client is in the middle of a message that goes to the server. */
  boolean isInside() {
    return rest > 0 && passing;
  }

  /** Adds bytes that came. */
  void add(ByteBufAllocator allocator, ByteBuf bytes) {
    ByteBuf before = pending;
    pending =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, bytes);
  }

  /**
   * Handles what is here, as far as the sink lets it.
   *
   * @throws ProtocolException if the client broke the protocol
   */
  void process(Sink sink, long longest) throws ProtocolException {
    ByteBuf in = pending;
    if (in == null) {
      return;
    }
    pending = null;
    run = in.readerIndex();
    try {
      while (in.isReadable() && sink.mayRead()) {
        if (rest == 0 && !begin(in, sink, longest)) {
          break;
        }
        int some = (int) Math.min(rest, in.readableBytes());
        in.skipBytes(some);
        rest -= some;
        if (!passing) {
          run = in.readerIndex();
        }
      }
      finish(in, sink);
    } catch (Throwable e) {
      in.release();
      throw e;
    }
  }

  /** Decides about the next message; false if it must wait. */
  private boolean begin(ByteBuf in, Sink sink, long longest) throws ProtocolException {
    if (in.readableBytes() < HEADER) {
      return false;
    }
    int at = in.readerIndex();
    byte type = in.getByte(at);
    int length = in.getInt(at + 1);
    if (!Frontend.isKnown(type) || length < 4 || length > longest) {
      throw new ProtocolException(
          "unexpected packet: type " + (type & 0xff) + ", length " + length);
    }
    int from = at + HEADER;
    int end = from + Math.min(length - 4, in.readableBytes() - HEADER);
    Verdict verdict = sink.next(type, in, from, end);
    if (verdict == Verdict.STOP) {
      return false;
    }
    passing = verdict != Verdict.DROP;
    if (verdict != Verdict.PASS) {
      flush(in, at, sink);
    }
    rest = 1L + length;
    return verdict != Verdict.TAKE || take(in, sink, type, in.slice(from, end - from), length - 4);
  }

  private boolean take(ByteBuf in, Sink sink, byte type, ByteBuf body, int length)
      throws ProtocolException {
    int taken = sink.take(type, body, length);
    if (taken < 0) {
      rest = 0;
      return false;
    }
    in.skipBytes(HEADER + taken);
    run = in.readerIndex();
    rest = (long) length - taken;
    return true;
  }

  private void flush(ByteBuf in, int to, Sink sink) {
    if (to > run) {
      sink.pass(in.retainedSlice(run, to - run));
    }
    run = to;
  }

  private void finish(ByteBuf in, Sink sink) {
    int end = in.readerIndex();
    if (in.isReadable()) {
      flush(in, end, sink);
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
