package dev.sluice.proxy;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Time, threads, sockets, randomness and the engine for the sidecar. The sidecar gets them only
 * from here, so that a simulation can supply its own.
 */
interface Machine {
  /** Nanoseconds from an arbitrary origin. */
  LongSupplier clock();

  /** Randomness for keys and nonces. */
  SecureRandom random();

  /** Creates the event loops; called once. */
  EventLoopGroup loops();

  /** Creates the threads that may block; called once. */
  ExecutorService workers();

  /** Makes the channels to servers, by TCP or by a Unix socket. */
  ChannelFactory<Channel> channels(boolean unix);

  /**
   * Blocks until the future completes.
   *
   * @throws TimeoutException if the time is over first
   * @throws ExecutionException if it completes exceptionally
   */
  <T> T await(CompletableFuture<T> future, Duration limit)
      throws InterruptedException, ExecutionException, TimeoutException;

  /** Makes the engine that lends a pool's servers. */
  Pool<ServerConnection, ServerLease> engine(PoolConfig terms, ServerPool pool)
      throws AcquireException;
}
