package dev.sluice.proxy;

import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.auth.LoginFailure;
import dev.sluice.pgwire.auth.ServerAction;
import dev.sluice.pgwire.auth.ServerLogin;
import dev.sluice.pgwire.auth.ServerSession;
import dev.sluice.pgwire.auth.StoredSecret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.Consumer;

/** Logs in at a server; {@link ServerLogin} decides, this moves the bytes. */
final class ServerLoginHandler extends ByteToMessageDecoder {
  private static final int HEADER = 5;

  private final ProxyCore core;
  private final ServerLogin login;
  private final boolean replicates;
  private final Consumer<ServerSession> ready;
  private final Consumer<Throwable> failed;
  private boolean deriving;

  ServerLoginHandler(
      ProxyCore core,
      ServerLogin login,
      boolean replicates,
      Consumer<ServerSession> ready,
      Consumer<Throwable> failed) {
    this.core = core;
    this.login = login;
    this.replicates = replicates;
    this.ready = ready;
    this.failed = failed;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (deriving || in.readableBytes() < HEADER || login.hasEnded()) {
      return;
    }
    byte type = in.getByte(in.readerIndex());
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 4 || length - 4 > login.longest()) {
      failed.accept(
          new ServerFailure("the server sent a message of " + length + " bytes in login"));
      context.close();
      return;
    }
    if (in.readableBytes() <= length) {
      return;
    }
    in.skipBytes(HEADER);
    byte[] payload = ByteBufUtil.getBytes(in.readSlice(length - 4));
    handle(context, login.received(type, payload));
  }

  private void handle(ChannelHandlerContext context, List<ServerAction> actions) {
    for (ServerAction action : actions) {
      if (action instanceof ServerAction.Send send) {
        ByteBuf message = context.alloc().buffer();
        Requests.message(message, Frontend.PASSWORD, send.payload());
        context.writeAndFlush(message);
      } else if (action instanceof ServerAction.Derive derive) {
        derive(context, derive);
      } else if (action instanceof ServerAction.Ready done) {
        ready.accept(done.session());
        context.pipeline().remove(this); // what came after goes on to the connection
      } else if (action instanceof ServerAction.Failed failure) {
        fail(context, failure.failure());
      }
    }
  }

  private void derive(ChannelHandlerContext context, ServerAction.Derive derive) {
    deriving = true;
    core.workers.execute(
        () -> {
          StoredSecret.ScramKeys keys = derive.work().call();
          context
              .executor()
              .execute(
                  () -> {
                    deriving = false;
                    handle(context, login.derived(keys));
                  });
        });
  }

  private void fail(ChannelHandlerContext context, LoginFailure failure) {
    boolean ours = failure.origin() == LoginFailure.Origin.SECRET;
    core.log.warning(
        "server login failed: " + (ours ? "" : failure.severity() + " ") + failure.message());
    String told = failure.message();
    if (replicates) {
      told = "login failed"; // others may log in all the same
    } else if (ours) {
      told = "server login failed: wrong password type"; // clients need not know what is stored
    }
    failed.accept(new ServerFailure(told, failure.sqlstate()));
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    failed.accept(new ServerFailure("server conn crashed?"));
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failed.accept(new ServerFailure("server conn crashed? " + cause.getMessage()));
    context.close();
  }
}
