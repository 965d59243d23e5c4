package dev.sluice.proxy;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** The machine that the process runs on. */
final class RealMachine implements Machine {
  /** Threads that derive keys from passwords, so that a flood of logins takes no more of them. */
  static final int WORKERS = 2;

  private final Transport transport;
  private final int loops;
  private final ChannelFactory<Channel> tcp;
  private final ChannelFactory<Channel> unix;

  RealMachine(Transport transport, int loops) {
    this.transport = transport;
    this.loops = loops;
    this.tcp = new ReflectiveChannelFactory<>(transport.tcp);
    this.unix = new ReflectiveChannelFactory<>(transport.unix);
  }

  @Override
  public LongSupplier clock() {
    return System::nanoTime;
  }

  @Override
  public SecureRandom random() {
    return new SecureRandom();
  }

  @Override
  public EventLoopGroup loops() {
    return transport.loops(loops);
  }

  @Override
  public ExecutorService workers() {
    return Executors.newFixedThreadPool(WORKERS, new DefaultThreadFactory("sluice-login", true));
  }

  @Override
  public ChannelFactory<Channel> channels(boolean toUnix) {
    return toUnix ? unix : tcp;
  }

  @Override
  public <T> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public Pool<ServerConnection, ServerLease> engine(PoolConfig terms, ServerPool pool)
      throws AcquireException {
    return Pool.create(terms, new ServerFactory(pool), ServerLease::new);
  }
}
