package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers of a pool are on all event loops alike, whatever ends and is replaced. */
class LoopSharesTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(3, NioIoHandler.newFactory());
  private final List<EventLoop> loops =
      StreamSupport.stream(group.spliterator(), false).map(EventLoop.class::cast).toList();
  private final LoopShares shares = new LoopShares(loops);
  private final Map<Channel, EventLoop> open = new HashMap<>();

  @AfterEach
  void end() {
    var unused = group.shutdownGracefully();
  }

  private void begin() {
    EmbeddedChannel channel = new EmbeddedChannel();
    var unused =
        shares.begin(
            loop -> {
              open.put(channel, loop);
              return channel.newSucceededFuture();
            });
  }

  private long on(EventLoop loop) {
    return open.values().stream().filter(loop::equals).count();
  }

  @Test
  void eachLoopGetsTheSame() {
    for (int i = 0; i < 9; i++) {
      begin();
    }

    assertThat(loops).allSatisfy(loop -> assertThat(on(loop)).isEqualTo(3));
  }

  @Test
  void replacementsGoWhereTheFewestAre() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      List<Channel> all = new ArrayList<>(open.keySet());
      for (int gone = 0; gone < Math.min(3, all.size()); gone++) {
        Channel channel = all.remove(random.nextInt(all.size()));
        var unused = channel.close();
        open.remove(channel);
      }
      while (open.size() < 12) {
        begin();
      }

      assertThat(loops).allSatisfy(loop -> assertThat(on(loop)).isEqualTo(4));
    }
  }

  @Test
  void connectionThatCannotBeginCountsNowhere() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  shares.begin(
                      loop -> {
                        throw new IllegalStateException("no more files");
                      }))
          .hasMessage("no more files");
    }
    for (int i = 0; i < 3; i++) {
      begin();
    }

    assertThat(loops).allSatisfy(loop -> assertThat(on(loop)).isEqualTo(1));
  }
}
