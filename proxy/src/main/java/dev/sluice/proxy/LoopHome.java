package dev.sluice.proxy;

import dev.sluice.pool.ResourceState;
import io.netty.util.concurrent.EventExecutor;

/**
 * That a client wants a server of its own event loop. Between two loops each piece of a request and
 * of its answer goes from thread to thread, and so does the server itself, before and after.
 */
record LoopHome(EventExecutor loop) implements ResourceState {
  @SuppressWarnings("ReferenceEquality") // a loop is equal to itself alone
  boolean isOf(ServerConnection server) {
    return server.channel.eventLoop() == loop;
  }
}
