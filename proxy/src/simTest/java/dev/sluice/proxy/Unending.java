package dev.sluice.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/** Event loops that a simulation does not end: nothing runs in them when it stops. */
interface Unending extends EventLoopGroup {
  @Override
  default boolean isShuttingDown() {
    return false;
  }

  @Override
  default boolean isShutdown() {
    return false;
  }

  @Override
  default boolean isTerminated() {
    return false;
  }

  @Override
  default boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }

  @Override
  default Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return terminationFuture();
  }

  @Override
  default Future<?> terminationFuture() {
    return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
  }
}
