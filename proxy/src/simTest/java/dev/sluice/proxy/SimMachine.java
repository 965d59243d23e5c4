package dev.sluice.proxy;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.SimulatedEngines;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** The machine on which a simulated sidecar runs. */
final class SimMachine implements Machine {
  static final InetSocketAddress HERE = InetSocketAddress.createUnresolved("sidecar", 6432);

  private final SimTime time;
  private final SimDatabase database;
  private final ByteBufAllocator allocator;
  private final SimLoops loops;
  private final SimulatedEngines engines;

  SimMachine(SimTime time, SimDatabase database, ByteBufAllocator allocator, int loops) {
    this.time = time;
    this.database = database;
    this.allocator = allocator;
    this.loops = new SimLoops(time, loops);
    this.engines = new SimulatedEngines(time);
  }

  /** Whether an engine lends nothing. */
  boolean isSuspended(Pool<?, ?> engine) {
    return engines.isSuspended(engine);
  }

  @Override
  public LongSupplier clock() {
    return time::now;
  }

  @Override
  public SecureRandom random() {
    return new Repeatable(time.random);
  }

  /** Random numbers that a seed repeats. */
  private static final class Repeatable extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final Random source;

    Repeatable(Random source) {
      super(null, null);
      this.source = source;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }
  }

  @Override
  public EventLoopGroup loops() {
    return loops;
  }

  @Override
  public ExecutorService workers() {
    return new AbstractExecutorService() {
      @Override
      public void execute(Runnable command) {
        time.spawn(command);
      }

      @Override
      public void shutdown() {}

      @Override
      public List<Runnable> shutdownNow() {
        return List.of();
      }

      @Override
      public boolean isShutdown() {
        return false;
      }

      @Override
      public boolean isTerminated() {
        return false;
      }

      @Override
      public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
      }
    };
  }

  @Override
  public ChannelFactory<Channel> channels(boolean unix) {
    return () -> new SimChannel(time, database, allocator, HERE);
  }

  @Override
  public <T> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    time.block(future::isDone, limit.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!future.isDone()) {
      throw new TimeoutException();
    }
    return future.get();
  }

  @Override
  public Pool<ServerConnection, ServerLease> engine(PoolConfig terms, ServerPool pool)
      throws AcquireException {
    return engines.create(terms, new ServerFactory(pool), ServerLease::new);
  }
}
