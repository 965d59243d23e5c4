package dev.sluice.proxy;

import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.ProtocolException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Brings a client's requests to the server that it has, or gets one for them; {@link AnswerRelay}
 * is the way back. Runs on the client's event loop alone.
 */
final class RequestRelay implements ClientStream.Sink {
  /** A client with more requests under way is not read until some are answered. */
  private static final int MOST_OUTSTANDING = 1 << 16;

  private final ClientSession session;
  private final ClientConnection client;
  private final StatementRelay statements;
  private final SessionTimes times;
  private final @Nullable SqlWatch watch;

  RequestRelay(
      ClientSession session,
      StatementRelay statements,
      SessionTimes times,
      @Nullable SqlWatch watch) {
    this.session = session;
    this.client = session.client;
    this.statements = statements;
    this.times = times;
    this.watch = watch;
  }

  /** Whether reading more from the client leads somewhere. */
  boolean leads() {
    return mayRead() && !statements.isHeld();
  }

  @Override
  public boolean mayRead() {
    if (client.closeReason() != null || !client.channel.isWritable()) {
      return false; // it leaves, or does not take the answers that it has
    }
    return switch (session.state()) {
      case IDLE -> true;
      case ACTIVE -> takes(session.server());
      default -> false;
    };
  }

  private boolean takes(@Nullable ServerConnection server) {
    return server != null
        && !session.isSettling()
        && server.channel.isWritable()
        && (watch == null || !watch.waits(server))
        && server.outstanding.size() < MOST_OUTSTANDING;
  }

  @Override
  public ClientStream.Verdict next(byte type, ByteBuf in, int at, int end)
      throws ProtocolException {
    switch (type) {
      case Frontend.TERMINATE -> {
        client.close("client close request");
        return ClientStream.Verdict.DROP;
      }
      case Frontend.COPY_DATA, Frontend.COPY_DONE, Frontend.COPY_FAIL -> {
        if (session.server() == null) {
          return ClientStream.Verdict.DROP; // of a COPY that failed before
        }
      }
      case Frontend.PASSWORD -> throw new ProtocolException("unexpected password message");
      case Frontend.QUERY -> client.requireSimpleQueries();
      default -> {}
    }
    if (session.server() == null) {
      session.acquire();
    }
    ServerConnection server = session.server();
    if (server == null || session.isSettling()) {
      return ClientStream.Verdict.STOP;
    }
    times.request(type);
    statements.sees(type, in, at, end);
    if ((watch != null && watch.takes(type)) || statements.takes(type, in, at, end)) {
      return ClientStream.Verdict.TAKE;
    }
    server.outstanding.relayed(type);
    return ClientStream.Verdict.PASS;
  }

  @Override
  public int take(byte type, ByteBuf body, int length) throws ProtocolException {
    return watch != null && watch.takes(type)
        ? watch.take(session.held(), type, body, length)
        : statements.take(session.held(), type, body, length);
  }

  @Override
  public void pass(ByteBuf bytes) {
    session.held().channel.write(bytes);
  }
}
