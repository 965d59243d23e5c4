package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** An owner of a server that reads all answers itself, so that none goes on to anybody. */
interface UnrelayedOwner extends ServerOwner, ServerStream.Sink {
  @Override
  default void pass(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  default @Nullable ByteBuf between() {
    return null;
  }

  @Override
  default void serverReadComplete(ServerConnection server) {}

  @Override
  default void serverWritabilityChanged(ServerConnection server) {}
}
