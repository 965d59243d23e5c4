package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.Text;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.ConsolePortals.Portal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A client of the console. Runs on the client's event loop alone.
 *
 * <p><b>States.</b>
 *
 * <pre>
 *   READY → BUSY       a command runs that is not answered at once; no message is handled
 *   BUSY → READY       it has ended
 *   READY → SKIPPING   a message of the extended protocol failed; all up to Sync are dropped
 *   SKIPPING → READY   Sync
 * </pre>
 */
final class ConsoleSession extends ByteToMessageDecoder {
  private static final int HEADER = 5;

  /** The longest message; no command comes near. */
  private static final int LONGEST = 64 << 10;

  private static final short[] AS_TEXT = new short[0];

  private final ClientConnection client;
  private final ConsoleRight right;
  private final Console console;
  private final ConsolePortals portals = new ConsolePortals();

  private boolean busy;
  private boolean skipping;
  private boolean suspended;

  ConsoleSession(ClientConnection client, ConsoleRight right) {
    this.client = client;
    this.right = right;
    this.console = new Console(client.core);
    client.state = ClientConnection.State.IDLE;
  }

  // ---- messages

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (client.closeReason() != null) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (busy || in.readableBytes() < HEADER) {
      if (in.readableBytes() > LONGEST) {
        client.fail(ProtocolException.SQLSTATE, "too much was sent while a command runs");
      }
      return;
    }
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 4 || length > LONGEST) {
      client.fail(ProtocolException.SQLSTATE, "message of " + length + " bytes in the console");
      return;
    }
    if (in.readableBytes() <= length) {
      return;
    }
    byte type = in.readByte();
    in.skipBytes(4);
    ByteBuf body = in.readSlice(length - 4);
    try {
      handle(type, body);
    } catch (ProtocolException e) {
      client.fail(ProtocolException.SQLSTATE, e.getMessage());
    } catch (ConsoleException e) {
      fail(e);
      skipping = type != Frontend.QUERY;
    }
  }

  private void handle(byte type, ByteBuf body) throws ProtocolException, ConsoleException {
    if (skipping && type != Frontend.SYNC && type != Frontend.TERMINATE) {
      return;
    }
    switch (type) {
      case Frontend.QUERY -> query(Text.read(body, "query"));
      case Frontend.TERMINATE -> client.close("client close request");
      case Frontend.SYNC -> {
        skipping = false;
        ready();
      }
      case Frontend.FLUSH -> client.channel.flush();
      case Frontend.PARSE -> {
        portals.parse(body);
        reply(Backend.PARSE_COMPLETE);
      }
      case Frontend.BIND -> {
        portals.bind(body);
        reply(Backend.BIND_COMPLETE);
      }
      case Frontend.CLOSE -> {
        portals.close(body);
        reply(Backend.CLOSE_COMPLETE);
      }
      case Frontend.DESCRIBE -> describe(body);
      case Frontend.EXECUTE -> execute(portals.executed(body));
      default -> throw new ProtocolException("unexpected message in the console");
    }
  }

  private void reply(byte type) {
    ByteBuf out = client.channel.alloc().buffer(HEADER);
    Replies.empty(out, type);
    client.channel.write(out);
  }

  private void ready() {
    ByteBuf out = client.channel.alloc().buffer();
    Replies.ready(out, TransactionStatus.IDLE);
    client.channel.writeAndFlush(out);
  }

  private void fail(ConsoleException failure) {
    ByteBuf out = client.channel.alloc().buffer();
    Replies.error(
        out, ErrorFields.of("ERROR", failure.sqlState(), String.valueOf(failure.getMessage())));
    client.channel.writeAndFlush(out);
  }

  // ---- the simple protocol

  private void query(String text) {
    try {
      ConsoleCommand command = ConsoleCommand.parse(text);
      if (command.verb().isEmpty()) {
        reply(Backend.EMPTY_QUERY);
        ready();
        return;
      }
      run(command, answer -> write(answer, AS_TEXT, true), this::ready);
    } catch (ConsoleException e) {
      fail(e);
      ready();
    }
  }

  // ---- the extended protocol

  private void describe(ByteBuf body) throws ProtocolException, ConsoleException {
    byte what = body.readByte();
    String name = Text.read(body, "name");
    ByteBuf out = client.channel.alloc().buffer();
    try {
      ConsoleAnswer answer;
      short[] formats = AS_TEXT;
      if (what == 'S') {
        ConsoleCommand command = portals.statement(name);
        answer = Console.isShow(command) ? console.show(command, right) : null;
        Replies.noParameters(out);
      } else {
        Portal portal = portals.portal(name);
        answer = Console.isShow(portal.command) ? shown(portal) : null;
        formats = portal.formats;
      }
      if (answer == null || answer.columns().isEmpty()) {
        Replies.empty(out, Backend.NO_DATA);
      } else {
        ConsoleWriter.describe(out, answer.columns(), formats);
      }
    } catch (ConsoleException e) {
      out.release();
      throw e;
    }
    client.channel.write(out);
  }

  /** The rows of a portal: those that were described are those that are sent. */
  private ConsoleAnswer shown(Portal portal) throws ConsoleException {
    ConsoleAnswer answer = portal.answer;
    if (answer == null) {
      answer = console.show(portal.command, right);
      portal.answer = answer;
    }
    return answer;
  }

  private void execute(Portal portal) throws ConsoleException {
    if (portal.command.verb().isEmpty()) {
      reply(Backend.EMPTY_QUERY);
      return;
    }
    if (Console.isShow(portal.command)) {
      count(portal.command);
      write(shown(portal), portal.formats, false);
      portal.answer = null;
      return;
    }
    run(portal.command, answer -> write(answer, portal.formats, false), () -> {});
  }

  // ---- commands

  private interface Sink {
    void take(ConsoleAnswer answer);
  }

  private void count(ConsoleCommand command) {
    TrafficStats stats = client.core.stats.console();
    stats.query(0);
    stats.transaction(0);
    client.requestedAt = client.core.clock.getAsLong();
    if (command.verb().equals("SUSPEND")) {
      suspended = true;
    }
  }

  private void run(ConsoleCommand command, Sink sink, Runnable then) throws ConsoleException {
    if (Console.isShow(command)) {
      count(command);
      sink.take(console.show(command, right));
      then.run();
      return;
    }
    CompletableFuture<ConsoleAnswer> running = console.control(command, right);
    count(command);
    if (running.isDone() && !running.isCompletedExceptionally()) {
      sink.take(running.join());
      then.run();
      return;
    }
    busy = true;
    running.whenComplete(
        (answer, failure) ->
            client.channel.eventLoop().execute(() -> ended(answer, failure, sink, then)));
  }

  private void ended(
      @Nullable ConsoleAnswer answer, @Nullable Throwable failure, Sink sink, Runnable then) {
    busy = false;
    if (!client.channel.isActive()) {
      return;
    }
    if (answer != null) {
      sink.take(answer);
    } else {
      fail(refusal(failure));
      skipping = portals.isInUse();
    }
    then.run();
    ChannelHandlerContext context = client.channel.pipeline().context(this);
    if (context != null) {
      resume(context);
    }
  }

  private static ConsoleException refusal(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ConsoleException known
        ? known
        : new ConsoleException("XX000", "the command failed: " + cause);
  }

  /** Handles what was sent while a command ran. */
  private void resume(ChannelHandlerContext context) {
    try {
      channelRead(context, Unpooled.EMPTY_BUFFER);
    } catch (Exception e) {
      client.fail("XX000", "the console failed: " + e);
    }
  }

  private void write(ConsoleAnswer answer, short[] formats, boolean described) {
    ByteBuf out = client.channel.alloc().buffer();
    if (answer.notice() != null) {
      Replies.notice(out, answer.notice());
    }
    if (described && !answer.columns().isEmpty()) {
      ConsoleWriter.describe(out, answer.columns(), formats);
    }
    answer.rows().forEach(row -> ConsoleWriter.row(out, answer.columns(), row, formats));
    Replies.commandComplete(out, answer.tag());
    client.channel.write(out);
  }

  // ---- the end

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    client.channel.flush();
    context.fireChannelReadComplete();
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    leave();
  }

  private void leave() {
    client.ends("client unexpected eof");
    client.state = ClientConnection.State.CLOSED;
    client.core.clients.remove(client);
    client.core.counts.leave(ConsoleRight.DATABASE, client.user);
    if (suspended) {
      client.core.operations.suspenderLeft();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.close("client unexpected eof");
  }
}
