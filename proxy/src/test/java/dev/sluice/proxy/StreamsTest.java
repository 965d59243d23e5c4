package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pgwire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Wherever the network cuts it, the same bytes become the same messages, and no buffer is lost. */
class StreamsTest {
  private static final int CONVERSATIONS = 300;

  private final SplittableRandom random = new SplittableRandom(11);

  /** All buffers that were fed; their counts must be zero in the end. */
  private final List<ByteBuf> fed = new ArrayList<>();

  private ByteBuf chunkOf(ByteBuf all, int from, int to) {
    ByteBuf chunk = Unpooled.buffer(to - from).writeBytes(all, from, to - from);
    fed.add(chunk);
    return chunk;
  }

  private void assertNothingIsKept() {
    assertThat(fed).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
    fed.clear();
  }

  private byte[] payload(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void message(ByteBuf out, char type, byte[] payload) {
    out.writeByte(type).writeInt(4 + payload.length).writeBytes(payload);
  }

  // ---- of clients

  /** Passes Q, drops c, takes the first byte of B (of which two must be there), or all of P. */
  private final class Client implements ClientStream.Sink {
    final ByteBuf out = Unpooled.buffer();
    int stops;

    @Override
    public boolean mayRead() {
      return true;
    }

    @Override
    public ClientStream.Verdict next(byte type, ByteBuf in, int at, int end) {
      if (stops > 0 && random.nextInt(3) == 0) {
        stops--;
        return ClientStream.Verdict.STOP;
      }
      return switch (type) {
        case 'c' -> ClientStream.Verdict.DROP;
        case 'B', 'P' -> ClientStream.Verdict.TAKE;
        default -> ClientStream.Verdict.PASS;
      };
    }

    @Override
    public int take(byte type, ByteBuf body, int length) {
      int wanted = type == 'B' ? Math.min(2, length) : length;
      if (body.readableBytes() < wanted) {
        return -1;
      }
      int taken = Math.min(type == 'B' ? 1 : length, length);
      out.writeByte('<').writeBytes(body, body.readerIndex(), taken).writeByte('>');
      return taken;
    }

    @Override
    public void pass(ByteBuf bytes) {
      out.writeBytes(bytes);
      bytes.release();
    }
  }

  @Test
  void clientsBytesBecomeTheSameMessagesHoweverTheyAreCut() throws ProtocolException {
    for (int i = 0; i < CONVERSATIONS; i++) {
      ByteBuf sent = Unpooled.buffer();
      ByteBuf expected = Unpooled.buffer();
      for (int m = random.nextInt(12); m >= 0; m--) {
        char type = "QQScBBPdX".charAt(random.nextInt(9));
        byte[] payload = payload(type == 'd' ? 3000 : 20);
        message(sent, type, payload);
        expected(expected, type, payload);
      }
      Client client = new Client();
      client.stops = random.nextInt(4);
      ClientStream stream = new ClientStream();
      for (int at = 0; at < sent.readableBytes(); ) {
        int to = Math.min(sent.readableBytes(), at + 1 + random.nextInt(40));
        stream.add(ByteBufAllocator.DEFAULT, chunkOf(sent, at, to));
        stream.process(client, Integer.MAX_VALUE);
        at = to;
      }
      while (client.stops > 0 || !stream.isEmpty()) {
        client.stops = 0;
        stream.process(client, Integer.MAX_VALUE);
      }

      assertThat(ByteBufUtil.hexDump(client.out)).isEqualTo(ByteBufUtil.hexDump(expected));
      assertNothingIsKept();
    }
  }

  private static void expected(ByteBuf out, char type, byte[] payload) {
    if (type == 'c') {
      return;
    }
    if (type == 'B' || type == 'P') {
      int taken = type == 'B' ? Math.min(1, payload.length) : payload.length;
      out.writeByte('<').writeBytes(payload, 0, taken).writeByte('>');
      out.writeBytes(payload, taken, payload.length - taken);
    } else {
      message(out, type, payload);
    }
  }

  @Test
  void whatIsNoMessageIsRefusedAndItsBufferReleased() {
    for (byte[] wrong :
        List.of(
            new byte[] {'Q', 0, 0, 0, 3},
            new byte[] {'Q', (byte) 0xff, 0, 0, 0},
            new byte[] {'Q', 0x7f, 0, 0, 0},
            new byte[] {'?', 0, 0, 0, 4},
            new byte[] {0, 0, 0, 0, 8})) {
      ClientStream stream = new ClientStream();
      ByteBuf bytes = Unpooled.copiedBuffer(wrong);
      fed.add(bytes);
      stream.add(ByteBufAllocator.DEFAULT, bytes);

      assertThatThrownBy(() -> stream.process(new Client(), 1 << 20))
          .isInstanceOf(ProtocolException.class);
      assertNothingIsKept();
    }
  }

  // ---- of servers

  /** Passes all but A, S and 1, and says {@code !} after each Z. */
  private static final class Server implements ServerStream.Sink {
    final ByteBuf out = Unpooled.buffer();
    final StringBuilder whole = new StringBuilder();
    private boolean ready;

    @Override
    public boolean whole(byte type, ByteBuf body) {
      whole.append((char) type).append(body.readableBytes());
      ready = type == 'Z';
      return type != 'S' && type != 'A';
    }

    @Override
    public boolean begins(byte type) {
      return type != '1';
    }

    @Override
    public void pass(ByteBuf bytes) {
      out.writeBytes(bytes);
      bytes.release();
    }

    @Override
    public @Nullable ByteBuf between() {
      if (!ready) {
        return null;
      }
      ready = false;
      return Unpooled.buffer().writeByte('!');
    }
  }

  @Test
  void serversBytesBecomeTheSameMessagesHoweverTheyAreCut() throws ProtocolException {
    for (int i = 0; i < CONVERSATIONS; i++) {
      ByteBuf sent = Unpooled.buffer();
      ByteBuf expected = Unpooled.buffer();
      StringBuilder whole = new StringBuilder();
      for (int m = random.nextInt(12); m >= 0; m--) {
        char type = "DDTASCZE1".charAt(random.nextInt(9));
        byte[] payload = payload(type == 'D' ? 3000 : 20);
        message(sent, type, payload);
        if ("AS1".indexOf(type) < 0) {
          message(expected, type, payload);
        }
        if ("SCZEA".indexOf(type) >= 0) {
          whole.append(type).append(payload.length);
        }
        if (type == 'Z') {
          expected.writeByte('!');
        }
      }
      Server server = new Server();
      ServerStream stream = new ServerStream(ByteBufAllocator.DEFAULT);
      for (int at = 0; at < sent.readableBytes(); ) {
        int to = Math.min(sent.readableBytes(), at + 1 + random.nextInt(40));
        stream.feed(chunkOf(sent, at, to), server);
        at = to;
      }

      assertThat(stream.isBetween()).isTrue();
      assertThat(server.whole.toString()).isEqualTo(whole.toString());
      assertThat(ByteBufUtil.hexDump(server.out)).isEqualTo(ByteBufUtil.hexDump(expected));
      assertNothingIsKept();
    }
  }

  @Test
  void aServerThatSpeaksAnotherProtocolIsRefused() {
    for (byte[] wrong :
        List.of(
            new byte[] {'Z', 0, 0, 0, 3},
            new byte[] {'D', (byte) 0xff, 0, 0, 0},
            new byte[] {'S', 0x7f, 0, 0, 0},
            new byte[] {'?', 0, 0, 0, 4})) {
      ByteBuf bytes = Unpooled.copiedBuffer(wrong);
      fed.add(bytes);
      ServerStream stream = new ServerStream(ByteBufAllocator.DEFAULT);

      assertThatThrownBy(() -> stream.feed(bytes, new Server()))
          .isInstanceOf(ProtocolException.class);
      assertNothingIsKept();
    }
  }
}
