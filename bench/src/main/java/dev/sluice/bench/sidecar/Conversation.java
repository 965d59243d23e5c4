package dev.sluice.bench.sidecar;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One client of the {@link SocketDriver}: what it sends, and how far the answer has come.
 *
 * <p><b>States:</b> CONNECTING → AWAITING an answer, to its login or to a request → READY for the
 * next request. It counts an answer as whole when ReadyForQuery is here.
 */
final class Conversation {
  private static final int BUFFER = 8 << 10;
  private static final int HEADER = 5;
  private static final int PROTOCOL = 3 << 16;

  private final SocketChannel channel;
  private final SelectionKey key;
  private final ByteBuffer in;
  private final ByteBuffer out;

  /** The bytes of the current message's header that are here. */
  private int headed;

  private byte type;

  /** How much of the current message is still to come. */
  private int left;

  /** Whether nothing of its payload was read. */
  private boolean first;

  /** When its last request was sent, on the nanosecond clock. */
  long since;

  /** Whether its statement is prepared. */
  boolean prepared;

  /** Whether its login was answered. */
  boolean welcome;

  /**
   * Begins to connect.
   *
   * @param in what it reads into; conversations on one thread may share it
   * @param out what it writes from; conversations on one thread may share it
   */
  Conversation(Selector selector, int port, ByteBuffer in, ByteBuffer out) throws IOException {
    this.in = in;
    this.out = out;
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    channel.connect(
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), port)); // the selector says when it is done
  }

  static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(BUFFER);
  }

  /** Goes on after the selector found it ready to connect. */
  void connected(String user) throws IOException {
    if (!channel.finishConnect()) {
      return;
    }
    key.interestOps(SelectionKey.OP_READ);
    out.clear();
    out.putInt(0).putInt(PROTOCOL);
    text("user").text(user).text("database").text(Backend.DATABASE);
    out.put((byte) 0);
    out.putInt(0, out.position());
    send();
  }

  /** Sends a query. */
  void ask(Protocol protocol, int row) throws IOException {
    out.clear();
    switch (protocol) {
      case SIMPLE -> query(row);
      case EXTENDED -> {
        parse("");
        execute("", row);
      }
      case PREPARED -> {
        if (!prepared) {
          parse("s");
          prepared = true;
        }
        execute("s", row);
      }
    }
    since = System.nanoTime();
    send();
  }

  private void query(int row) {
    int at = begin('Q');
    text(Backend.QUERY + row);
    end(at);
  }

  private void parse(String name) {
    int at = begin('P');
    text(name).text(Backend.QUERY + "$1");
    out.putShort((short) 0);
    end(at);
  }

  private void execute(String name, int row) {
    int at = begin('B');
    byte[] value = Integer.toString(row).getBytes(StandardCharsets.US_ASCII);
    text("").text(name);
    out.putShort((short) 0).putShort((short) 1).putInt(value.length).put(value).putShort((short) 0);
    end(at);
    at = begin('D');
    out.put((byte) 'P');
    text("");
    end(at);
    at = begin('E');
    text("");
    out.putInt(0);
    end(at);
    end(begin('S'));
  }

  private int begin(char type) {
    out.put((byte) type).putInt(0);
    return out.position() - Integer.BYTES;
  }

  private void end(int at) {
    out.putInt(at, out.position() - at);
  }

  private Conversation text(String text) {
    out.put(text.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
    return this;
  }

  /** Requests are short, so the socket takes them whole. */
  private void send() throws IOException {
    out.flip();
    channel.write(out);
    if (out.hasRemaining()) {
      throw new IOException("the socket does not take a request of " + out.limit() + " bytes");
    }
  }

  /**
   * Reads what has come.
   *
   * @return whether the answer is whole
   * @throws IOException if it is an error, or the connection has ended
   */
  boolean read() throws IOException {
    in.clear();
    if (channel.read(in) < 0) {
      throw new EOFException("the connection was closed");
    }
    in.flip();
    boolean whole = false;
    while (in.hasRemaining()) {
      if (headed < HEADER) {
        head();
      }
      if (headed == HEADER) {
        whole |= message();
      }
    }
    return whole;
  }

  /** Reads one byte more of a header, which may be cut anywhere. */
  private void head() {
    byte next = in.get();
    if (headed++ == 0) {
      type = next;
      left = 0;
    } else {
      left = (left << Byte.SIZE) | (next & 0xff);
    }
    if (headed == HEADER) {
      left -= Integer.BYTES;
      first = true;
    }
  }

  /** Goes on within a message; returns whether it is the end of an answer. */
  private boolean message() throws IOException {
    if (first && type == 'E') {
      throw new IOException("an error came: " + words(left));
    }
    if (first && type == 'R' && in.remaining() >= Integer.BYTES && in.getInt(in.position()) != 0) {
      throw new IOException("a password is asked for");
    }
    first = false;
    int some = Math.min(left, in.remaining());
    in.position(in.position() + some);
    left -= some;
    if (left > 0) {
      return false;
    }
    headed = 0;
    return type == 'Z';
  }

  private String words(int length) {
    byte[] bytes = new byte[Math.min(length, in.remaining())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ');
  }

  /** Ends the session as PostgreSQL likes it. */
  void end() throws IOException {
    if (welcome) {
      out.clear();
      end(begin('X'));
      send();
    }
    channel.close();
  }
}
