package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Text;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * Owns a server connection that nobody uses. The server may report a changed setting, send a
 * notice, or say why it ends the session; anything else means that the two sides disagree.
 */
final class IdleServer implements UnrelayedOwner {
  private final ServerConnection server;
  private final EventExecutor loop;

  IdleServer(ServerConnection server, EventExecutor loop) {
    this.server = server;
    this.loop = loop;
  }

  @Override
  public EventExecutor loop() {
    return loop;
  }

  @Override
  public void serverRead(ServerConnection same, ByteBuf bytes) {
    try {
      server.stream.feed(bytes, this);
    } catch (ProtocolException e) {
      server.close("idle server sent something: " + e.getMessage());
    }
  }

  @Override
  public boolean whole(byte type, ByteBuf body) throws ProtocolException {
    switch (type) {
      case Backend.PARAMETER_STATUS ->
          server.parameters.set(Text.read(body, "setting"), Text.read(body, "value"));
      case Backend.NOTIFICATION -> {} // of a channel that nobody listens on any more
      case Backend.ERROR -> server.close(ErrorFields.read(body).message());
      default -> throw unexpected();
    }
    return false;
  }

  @Override
  public boolean begins(byte type) throws ProtocolException {
    if (type != Backend.NOTICE && type != Backend.NOTIFICATION) {
      throw unexpected();
    }
    return false;
  }

  private static ProtocolException unexpected() {
    return new ProtocolException("an answer that nobody asked for");
  }

  @Override
  public void serverClosed(ServerConnection same) {
    server.release();
    server.pool.idleServerClosed(server);
  }
}
