package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * Who uses a server connection at the moment: a client, a command of the pool, or nobody. All of
 * its methods run on {@link #loop}.
 */
interface ServerOwner {
  /** The event loop on which it lives. */
  EventExecutor loop();

  /** Bytes came. It must release them. */
  void serverRead(ServerConnection server, ByteBuf bytes);

  /** No more bytes came for now. */
  void serverReadComplete(ServerConnection server);

  /** The server takes bytes again, or does not. */
  void serverWritabilityChanged(ServerConnection server);

  /** The connection has ended. */
  void serverClosed(ServerConnection server);
}
