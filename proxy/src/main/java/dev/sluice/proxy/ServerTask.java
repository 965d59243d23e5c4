package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Text;
import dev.sluice.pgwire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that the pooler itself asks of a server. It owns the connection from its first message
 * until the server has answered all, and ends with a result, an error of the server, or the end of
 * the connection.
 *
 * @param <T> the result
 */
abstract class ServerTask<T> implements UnrelayedOwner {
  final ServerConnection server;
  final CompletableFuture<T> done = new CompletableFuture<>();
  private @Nullable ErrorFields error;

  ServerTask(ServerConnection server) {
    this.server = server;
  }

  /** Begins on the connection's loop; {@link #done} completes when the server is ready again. */
  final CompletableFuture<T> begin() {
    server.channel.eventLoop().execute(this::start);
    return done;
  }

  private void start() {
    if (server.isClosed()) {
      done.completeExceptionally(new ServerFailure("server conn crashed?"));
      return;
    }
    server.own(this);
    send();
  }

  /** Sends what is asked. */
  abstract void send();

  /** Completes {@link #done}: the server has answered all, without an error. */
  abstract void answered();

  @Override
  public final EventExecutor loop() {
    return server.channel.eventLoop();
  }

  @Override
  public final void serverRead(ServerConnection same, ByteBuf bytes) {
    try {
      server.stream.feed(bytes, this);
    } catch (ProtocolException e) {
      server.close(e.getMessage());
      done.completeExceptionally(new ServerFailure(e.getMessage()));
    }
    if (server.outstanding.isAnswered() && !done.isDone()) {
      server.letGo(this::settle);
    }
  }

  private void settle() {
    ErrorFields failure = error;
    if (failure != null) {
      done.completeExceptionally(new ServerFailure(failure));
    } else {
      answered();
    }
  }

  @Override
  public final boolean whole(byte type, ByteBuf body) throws ProtocolException {
    switch (type) {
      case Backend.READY -> server.outstanding.ready(TransactionStatus.of(body.readByte()));
      case Backend.PARAMETER_STATUS ->
          server.parameters.set(Text.read(body, "setting"), Text.read(body, "value"));
      case Backend.ERROR -> {
        error = ErrorFields.read(body);
        server.outstanding.answered(type);
      }
      case Backend.COMMAND_COMPLETE -> {
        if (StatementRelay.forgetsAll(body)) {
          server.statements.clear();
        }
        server.outstanding.answered(type);
      }
      default -> server.outstanding.answered(type);
    }
    return false;
  }

  @Override
  public final void serverClosed(ServerConnection same) {
    server.release();
    ErrorFields said = error;
    done.completeExceptionally(
        said == null ? new ServerFailure("server conn crashed?") : new ServerFailure(said));
  }
}
