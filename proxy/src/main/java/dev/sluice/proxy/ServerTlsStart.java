package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.proxy.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/**
 * Asks a server for TLS, before anything else is sent to it.
 *
 * <pre>
 *   ASKED --S--> HANDSHAKE --> encrypted
 *     |
 *     +--N--> plain, if the mode allows that
 * </pre>
 *
 * <p>The answer is one byte. Bytes that follow it were sent in clear text, by whoever, and end the
 * connection: none of them is ever taken for something that came encrypted.
 */
final class ServerTlsStart extends ChannelInboundHandlerAdapter {
  private final ServerTls tls;
  private final String host;
  private final int port;
  private final Consumer<Channel> next;
  private final Consumer<Throwable> failed;
  private boolean answered;

  /**
   * Handles the start of TLS.
   *
   * @param next takes the channel when the next message may be sent
   * @param failed takes the reason if there is no way on; the channel is closed
   */
  ServerTlsStart(
      ServerTls tls, String host, int port, Consumer<Channel> next, Consumer<Throwable> failed) {
    this.tls = tls;
    this.host = host;
    this.port = port;
    this.next = next;
    this.failed = failed;
  }

  /** Asks on a channel that is connected. */
  void ask(Channel channel) {
    channel.pipeline().addLast(this);
    ByteBuf request = channel.alloc().buffer();
    Requests.sslRequest(request);
    channel.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (answered) {
        fail(context, "received data before the TLS handshake was complete");
      } else if (bytes.isReadable()) {
        answered = true;
        answer(context, bytes.readByte(), bytes.isReadable());
      }
    } finally {
      bytes.release();
    }
  }

  private void answer(ChannelHandlerContext context, byte answer, boolean more) {
    if (more) {
      fail(context, "received unencrypted data after SSL response");
    } else if (answer == 'S') {
      context.pipeline().addFirst(tls.handler(context.alloc(), host, port));
    } else if (answer != 'N') {
      fail(context, "bad sslreq answer");
    } else if (tls.isRequired()) {
      fail(context, "server refused SSL");
    } else {
      goOn(context);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      if (done.isSuccess()) {
        goOn(context);
      } else {
        fail(context, "TLS handshake failed: " + ServerTls.explain(done.cause()));
      }
    }
  }

  private void goOn(ChannelHandlerContext context) {
    Channel channel = context.channel();
    context.pipeline().remove(this);
    next.accept(channel);
  }

  private void fail(ChannelHandlerContext context, String reason) {
    failed.accept(new ServerFailure(reason));
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    failed.accept(new ServerFailure("server conn crashed?"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, "TLS handshake failed: " + ServerTls.explain(cause));
  }

  /** The TLS session of a channel, as logs have it; empty without TLS. */
  static String describe(Channel channel) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    return handler == null
        ? ""
        : dev.sluice.proxy.tls.TlsSession.describe(handler.engine().getSession());
  }
}
