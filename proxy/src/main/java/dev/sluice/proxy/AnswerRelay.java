package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.Text;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.config.PoolMode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Brings a server's answers to a client: all but those that are the pooler's own business. */
final class AnswerRelay implements ServerStream.Sink {
  private final ClientConnection client;
  private final ServerPool pool;
  private final StatementRelay statements;
  private final SessionTimes times;
  private final @Nullable SqlWatch watch;
  private @Nullable ServerConnection from;

  AnswerRelay(
      ClientConnection client,
      ServerPool pool,
      StatementRelay statements,
      SessionTimes times,
      @Nullable SqlWatch watch) {
    this.watch = watch;
    this.client = client;
    this.pool = pool;
    this.statements = statements;
    this.times = times;
  }

  /** Brings the answers of this server next. */
  AnswerRelay of(ServerConnection server) {
    from = server;
    return this;
  }

  private ServerConnection server() {
    ServerConnection server = from;
    if (server == null) {
      throw new IllegalStateException("answers of no server for " + client);
    }
    return server;
  }

  @Override
  public boolean whole(byte type, ByteBuf body) throws ProtocolException {
    ServerConnection server = server();
    return switch (type) {
      case Backend.READY -> ready(server, TransactionStatus.of(body.readByte()));
      case Backend.PARAMETER_STATUS -> parameter(server, body);
      case Backend.COMMAND_COMPLETE -> {
        if (watch != null) {
          watch.completed(server, body);
        }
        statements.completed(server, body);
        yield server.outstanding.answered(type);
      }
      case Backend.NOTIFICATION ->
          server.outstanding.answered(type) && (watch == null || !watch.listens());
      default -> {
        if (type == Backend.ERROR && server.outstanding.size() == 0) {
          server.closeReason = ErrorFields.read(body).message(); // its last words
        }
        if (watch != null && type == Backend.ERROR) {
          yield watch.failed(server, body);
        }
        yield server.outstanding.answered(type);
      }
    };
  }

  private boolean ready(ServerConnection server, TransactionStatus status)
      throws ProtocolException {
    boolean shown = server.outstanding.ready(status);
    if (shown) {
      times.ready(status, server.outstanding.size() > 0);
    }
    if (watch != null) {
      watch.ready(server, shown);
    }
    if (status != TransactionStatus.IDLE && pool.mode == PoolMode.STATEMENT) {
      throw new ProtocolException("transaction blocks not allowed in statement pooling mode");
    }
    return shown;
  }

  private boolean parameter(ServerConnection server, ByteBuf body) throws ProtocolException {
    String name = Text.read(body, "setting");
    String value = Text.read(body, "value");
    server.parameters.set(name, value);
    boolean shown = server.outstanding.answered(Backend.PARAMETER_STATUS);
    if (shown) {
      client.parameters.set(name, value);
    }
    return shown;
  }

  @Override
  public boolean begins(byte type) throws ProtocolException {
    return server().outstanding.answered(type);
  }

  @Override
  public void pass(ByteBuf bytes) {
    client.channel.write(bytes);
  }

  @Override
  public @Nullable ByteBuf between() {
    ByteBuf instead = watch == null ? null : watch.takeInstead();
    if (instead != null) {
      return instead;
    }
    byte reply = server().outstanding.nextLocal();
    if (reply == 0) {
      return null;
    }
    ByteBuf out = client.channel.alloc().buffer(ClientStream.HEADER);
    while (reply != 0) {
      Replies.empty(out, reply);
      reply = server().outstanding.nextLocal();
    }
    return out;
  }
}
