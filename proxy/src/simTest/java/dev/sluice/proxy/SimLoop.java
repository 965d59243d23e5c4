package dev.sluice.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** An event loop of a simulation: each of its tasks is an event, and runs when chance says so. */
final class SimLoop extends AbstractScheduledEventExecutor implements EventLoop, Unending {
  private final SimTime time;
  private final EventLoopGroup parent;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean awake;
  private long alarm = Long.MAX_VALUE;

  private final Ticker ticker =
      new Ticker() {
        @Override
        public long initialNanoTime() {
          return 0;
        }

        @Override
        public long nanoTime() {
          return time.now();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
          throw new UnsupportedOperationException();
        }
      };

  SimLoop(SimTime time, EventLoopGroup parent) {
    this.time = time;
    this.parent = parent;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    wake();
  }

  private void wake() {
    if (!awake) {
      awake = true;
      time.after(1 + time.below(30) * SimTime.MICROS, this::turn);
    }
  }

  private void turn() {
    awake = false;
    time.in(
        this,
        () -> {
          for (Runnable due = pollScheduledTask(time.now());
              due != null;
              due = pollScheduledTask(time.now())) {
            due.run();
          }
          Runnable task = tasks.poll();
          if (task != null) {
            task.run();
          }
        });
    if (!tasks.isEmpty()) {
      wake();
    }
    setAlarm();
  }

  private void setAlarm() {
    long next = nextScheduledTaskDeadlineNanos();
    if (next >= 0 && (next < alarm || alarm <= time.now())) {
      alarm = next;
      time.at(next, this::wake);
    }
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return time.isIn(this);
  }

  @Override
  public EventLoopGroup parent() {
    return parent;
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return register(new DefaultChannelPromise(channel, this));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException();
  }
}
