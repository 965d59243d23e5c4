package dev.sluice.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The event loops of a simulation, in turn. */
final class SimLoops extends AbstractEventExecutorGroup implements Unending {
  private final List<SimLoop> loops = new ArrayList<>();
  private int turn;

  SimLoops(SimTime time, int count) {
    for (int i = 0; i < count; i++) {
      loops.add(new SimLoop(time, this));
    }
  }

  @Override
  public EventLoop next() {
    return loops.get(turn++ % loops.size());
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return next().register(channel);
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    return next().register(promise);
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    return next().register(channel, promise);
  }

  @Override
  public Iterator<EventExecutor> iterator() {
    return new ArrayList<EventExecutor>(loops).iterator();
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException();
  }
}
