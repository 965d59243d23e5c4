package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.proxy.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a client begins with. A request for encryption may come once of each kind, before
 * anything else; the login, or a cancel request, ends this phase.
 */
final class StartupHandler extends ByteToMessageDecoder {
  /** The first byte of TLS; as the first byte of a length, it would be a packet of 369 MB. */
  private static final byte TLS_HANDSHAKE = 0x16;

  private final ClientConnection client;
  private boolean askedForTls;
  private boolean askedForGss;
  private boolean mustNameProtocol;

  StartupHandler(ClientConnection client) {
    this.client = client;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (client.closeReason() != null) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (!askedForTls && !askedForGss && in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
        beginWithoutAsking(context, in);
        return;
      }
      StartupPacket packet = StartupPacket.read(in);
      if (packet != null) {
        handle(context, packet, in);
      }
    } catch (ProtocolException e) {
      client.fail(ProtocolException.SQLSTATE, e.getMessage());
    }
  }

  private void handle(ChannelHandlerContext context, StartupPacket packet, ByteBuf in)
      throws ProtocolException {
    if (packet instanceof StartupPacket.SslRequest) {
      answerTlsRequest(context, in);
    } else if (packet instanceof StartupPacket.GssRequest) {
      refuseEncryption(context, in, askedForGss);
      askedForGss = true;
    } else if (packet instanceof StartupPacket.Cancel cancel) {
      cancel(cancel);
    } else if (packet instanceof StartupPacket.Login login) {
      if (lacksTls()) {
        client.fail(ProtocolException.SQLSTATE, "SSL required");
        return;
      }
      LoginHandler next = new LoginHandler(client, login);
      context.pipeline().addLast(next);
      context.pipeline().remove(this); // what came after goes on to the next handler
      next.begin();
    }
  }

  private void answerTlsRequest(ChannelHandlerContext context, ByteBuf in)
      throws ProtocolException {
    Optional<ClientTls> tls = tls();
    if (askedForTls || tls.isEmpty()) {
      refuseEncryption(context, in, askedForTls);
    } else {
      refuseBytesAhead(in);
      context.writeAndFlush(context.alloc().buffer(1).writeByte('S'));
      context.pipeline().addFirst(tls.get().handler(context.alloc()));
    }
    askedForTls = true;
  }

  /** A client of PostgreSQL 17 or newer can begin TLS at once, and must name the protocol then. */
  private void beginWithoutAsking(ChannelHandlerContext context, ByteBuf in)
      throws ProtocolException {
    Optional<ClientTls> tls = tls();
    if (tls.isEmpty()) {
      throw new ProtocolException("received direct SSL connection request without TLS support");
    }
    askedForTls = true;
    mustNameProtocol = true;
    ByteBuf encrypted = in.readRetainedSlice(in.readableBytes());
    context.pipeline().addFirst(tls.get().handler(context.alloc()));
    context.pipeline().fireChannelRead(encrypted);
  }

  private Optional<ClientTls> tls() {
    return client.origin.isUnix() ? Optional.empty() : client.core.tls().clients();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      if (!done.isSuccess()) {
        client.close("TLS handshake failed: " + done.cause().getMessage());
      } else if (mustNameProtocol && !namesProtocol(context)) {
        client.close("direct SSL connection request without ALPN protocol negotiation extension");
      } else {
        client.tls = ServerTlsStart.describe(context.channel());
      }
    }
  }

  private static boolean namesProtocol(ChannelHandlerContext context) {
    SslHandler handler = context.pipeline().get(SslHandler.class);
    return handler != null && ClientTls.ALPN.equals(handler.applicationProtocol());
  }

  /** Bytes that came in clear text must never be taken for bytes that came encrypted. */
  private static void refuseBytesAhead(ByteBuf in) throws ProtocolException {
    if (in.isReadable()) {
      throw new ProtocolException("received unencrypted data after SSL request");
    }
  }

  private boolean lacksTls() {
    return client.tls.isEmpty() && tls().map(ClientTls::isRequired).orElse(false);
  }

  private void refuseEncryption(ChannelHandlerContext context, ByteBuf in, boolean again)
      throws ProtocolException {
    if (again || in.isReadable()) {
      throw new ProtocolException("unexpected bytes after a request for encryption");
    }
    context.writeAndFlush(context.alloc().buffer(1).writeByte('N'));
  }

  private void cancel(StartupPacket.Cancel cancel) {
    new CancelRequest(client, HexFormat.of().parseHex(cancel.key())).run();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    client.ends("client unexpected eof");
    client.core.clients.remove(client);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.close("client unexpected eof");
  }
}
