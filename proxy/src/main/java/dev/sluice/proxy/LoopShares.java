package dev.sluice.proxy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.Function;

/**
 * Spreads the servers of one pool evenly over the event loops, so that a client finds one on its
 * own ({@link LoopHome}). Counts them from the connect to the end. Thread-safe.
 */
final class LoopShares {
  private final List<EventLoop> loops;
  private final int[] counts;

  /** Where the next search begins, so that equal shares take turns. */
  private int next;

  LoopShares(List<EventLoop> loops) {
    this.loops = loops;
    this.counts = new int[loops.size()];
  }

  /** Begins a connection on the loop that has the fewest. */
  ChannelFuture begin(Function<EventLoop, ChannelFuture> connect) {
    int chosen = enter();
    ChannelFuture connecting;
    try {
      connecting = connect.apply(loops.get(chosen));
    } catch (RuntimeException e) {
      leave(chosen);
      throw e;
    }
    connecting.channel().closeFuture().addListener(closed -> leave(chosen));
    return connecting;
  }

  private synchronized int enter() {
    int fewest = next % counts.length;
    for (int i = 1; i < counts.length; i++) {
      int candidate = (next + i) % counts.length;
      if (counts[candidate] < counts[fewest]) {
        fewest = candidate;
      }
    }
    counts[fewest]++;
    next = (fewest + 1) % counts.length;
    return fewest;
  }

  private synchronized void leave(int index) {
    counts[index]--;
  }
}
