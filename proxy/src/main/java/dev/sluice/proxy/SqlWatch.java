package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.SessionTrace;
import dev.sluice.pgwire.SqlCommand;
import dev.sluice.pgwire.SqlText;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.config.PoolMode;
import dev.sluice.proxy.config.SluiceSettings;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the SQL of a client in transaction or statement mode, for what PgBouncer leaves to
 * session mode: statements of SQL's PREPARE ({@link SqlStatements}), LISTEN ({@link Listening}) and
 * session state that binds the client to its server ({@link SessionTraces}). A client whose
 * configuration has none of these has no watch, and its queries are not looked at.
 *
 * <p>A command counts as executed when a simple query or a Bind with it goes to the server. What it
 * changes counts when its transaction ends: committed if the last answer before ReadyForQuery was
 * neither an error nor ROLLBACK.
 */
final class SqlWatch {
  /** Longer queries are not looked at. */
  private static final int LONGEST = 1 << 20;

  /** Ends a client with an error. */
  @FunctionalInterface
  interface Ending {
    void end(String sqlState, String message);
  }

  private final ClientConnection client;
  private final ServerPool pool;
  private final StatementRelay relay;
  private final @Nullable SqlStatements statements;
  private final @Nullable Listening listening;
  private final @Nullable SessionTraces traces;

  /** The commands of what the client has parsed without a name. */
  private List<SqlCommand> unnamed = List.of();

  /** Those of named statements, if they matter. */
  private Map<String, List<SqlCommand>> named = Map.of();

  /** Whether the last answer was an error or ROLLBACK. */
  private boolean undone;

  /**
   * Whether ROLLBACK ended since the server was last ready: of a transaction, or to a savepoint.
   */
  private boolean rolledBack;

  private boolean pinned;

  private SqlWatch(
      ClientConnection client,
      ServerPool pool,
      StatementRelay relay,
      SluiceSettings own,
      Runnable resume,
      Ending ending) {
    this.client = client;
    this.pool = pool;
    this.relay = relay;
    this.statements = own.sqlPrepare() ? new SqlStatements(client, pool, relay) : null;
    this.listening = own.listen() ? new Listening(client, pool.listener, resume, ending) : null;
    this.traces = own.pin() ? new SessionTraces() : null;
  }

  /** The watch of a client; null if sluice.toml wants none, or the mode needs none. */
  static @Nullable SqlWatch of(
      ClientConnection client,
      ServerPool pool,
      StatementRelay relay,
      Runnable resume,
      Ending ending) {
    SluiceSettings own = client.core.own.settings();
    return (own.sqlPrepare() || own.listen() || own.pin()) && pool.mode != PoolMode.SESSION
        ? new SqlWatch(client, pool, relay, own, resume, ending)
        : null;
  }

  // ---- requests

  /** Whether nothing of the client may be handled now. */
  boolean waits(ServerConnection server) {
    return (statements != null && statements.waits())
        || (listening != null && listening.waits(server));
  }

  /** Whether a message has SQL, or names some. */
  boolean takes(byte type) {
    return pool.mode != PoolMode.SESSION
        && (type == Frontend.QUERY || type == Frontend.PARSE || type == Frontend.BIND);
  }

  /** Sends what a message means at this server; see {@link ClientStream.Sink#take}. */
  int take(ServerConnection server, byte type, ByteBuf body, int length) throws ProtocolException {
    return switch (type) {
      case Frontend.QUERY -> query(server, body, length);
      case Frontend.PARSE -> parse(server, body, length);
      default -> bind(server, body, length);
    };
  }

  private int query(ServerConnection server, ByteBuf body, int length) {
    if (length > LONGEST) {
      sent(server, SqlText.unread(length), true);
      return StatementRelay.asItIs(server, Frontend.QUERY, length);
    }
    if (body.readableBytes() < length) {
      return -1;
    }
    String text =
        body.toString(body.readerIndex(), Math.max(0, length - 1), StandardCharsets.ISO_8859_1);
    List<SqlCommand> commands = commands(text);
    if (listening != null && !listening.isReadyFor(commands)) {
      return -1;
    }
    if (statements != null && statements.concern(commands)) {
      if (!statements.mayTake(server)) {
        return -1;
      }
      sent(server, commands, true);
      statements.send(server, text, commands);
      return length;
    }
    sent(server, commands, true);
    return StatementRelay.asItIs(server, Frontend.QUERY, length);
  }

  private List<SqlCommand> commands(String text) {
    return SqlText.commands(
        text, "off".equalsIgnoreCase(client.parameters.get("standard_conforming_strings")));
  }

  private int parse(ServerConnection server, ByteBuf body, int length) throws ProtocolException {
    int at = body.readerIndex();
    int nameEnd = body.indexOf(at, body.writerIndex(), (byte) 0);
    if (nameEnd < 0 || (length <= LONGEST && body.readableBytes() < length)) {
      return body.readableBytes() < length ? -1 : relay.take(server, Frontend.PARSE, body, length);
    }
    if (length > LONGEST && nameEnd == at) {
      unnamed = SqlText.unread(length);
      return StatementRelay.asItIs(server, Frontend.PARSE, length);
    }
    List<SqlCommand> commands = SqlText.unread(length);
    int end = body.indexOf(nameEnd + 1, body.writerIndex(), (byte) 0);
    if (length <= LONGEST && end >= 0) {
      commands =
          commands(body.toString(nameEnd + 1, end - nameEnd - 1, StandardCharsets.ISO_8859_1));
    }
    String name = body.toString(at, nameEnd - at, StandardCharsets.UTF_8);
    int taken = relay.take(server, Frontend.PARSE, body, length);
    if (taken >= 0) {
      note(name, commands);
    }
    return taken;
  }

  private void note(String name, List<SqlCommand> commands) {
    if (name.isEmpty()) {
      unnamed = commands;
    } else if (commands.stream().anyMatch(SqlWatch::matters)) {
      if (named.isEmpty()) {
        named = new HashMap<>();
      }
      named.put(name, commands);
    } else if (!named.isEmpty()) {
      named.remove(name);
    }
  }

  private static boolean matters(SqlCommand command) {
    return command.kind() != SqlCommand.Kind.OTHER
        || !command.leaves().isEmpty()
        || !command.cleans().isEmpty();
  }

  private int bind(ServerConnection server, ByteBuf body, int length) throws ProtocolException {
    int at = body.readerIndex();
    int portalEnd = body.indexOf(at, body.writerIndex(), (byte) 0);
    int nameEnd = portalEnd < 0 ? -1 : body.indexOf(portalEnd + 1, body.writerIndex(), (byte) 0);
    if (nameEnd >= 0) {
      String name = body.toString(portalEnd + 1, nameEnd - portalEnd - 1, StandardCharsets.UTF_8);
      List<SqlCommand> commands = name.isEmpty() ? unnamed : named.getOrDefault(name, List.of());
      if (listening != null && !listening.isReadyFor(commands)) {
        return -1;
      }
      sent(server, commands, false);
    }
    return relay.take(server, Frontend.BIND, body, length);
  }

  private void sent(ServerConnection server, List<SqlCommand> commands, boolean simple) {
    if (listening != null) {
      listening.sent(server, commands);
    }
    if (traces != null) {
      traces.sent(commands, trace -> binds(trace, simple));
    }
  }

  /** Whether something that a command leaves binds the client to its server. */
  private boolean binds(SessionTrace trace, boolean simple) {
    return switch (trace.kind()) {
      case LISTEN -> listening == null;
      case PREPARED -> !simple || statements == null || !relay.isOn();
      case SETTING -> !client.core.tracked.has(trace.name());
      default -> true;
    };
  }

  // ---- answers

  /** A command has ended. */
  void completed(ServerConnection server, ByteBuf tag) {
    if (server.outstanding.isOwnNext()) {
      return;
    }
    String text = tag.toString(StandardCharsets.US_ASCII);
    undone = text.startsWith("ROLLBACK");
    rolledBack |= undone;
    if (statements != null) {
      statements.completed(server, text);
    }
  }

  /** An error came; returns whether the client shall see it as it is. */
  boolean failed(ServerConnection server, ByteBuf body) throws ProtocolException {
    boolean own = server.outstanding.isOwnNext();
    if (statements != null) {
      body.markReaderIndex();
      statements.failed(own, ErrorFields.read(body));
      body.resetReaderIndex();
    }
    undone |= !own;
    return server.outstanding.answered(Backend.ERROR)
        && (statements == null || !statements.hasOtherWords());
  }

  /** What the client shall see instead of the last message; null if that was shown as it is. */
  @Nullable ByteBuf takeInstead() {
    ErrorFields error = statements == null ? null : statements.takeOtherWords();
    if (error == null) {
      return null;
    }
    ByteBuf out = client.channel.alloc().buffer();
    Replies.error(out, error);
    return out;
  }

  /** The server is ready; {@code shown} if the client sees that. */
  void ready(ServerConnection server, boolean shown) {
    boolean idle = server.outstanding.status() == TransactionStatus.IDLE;
    if (statements != null) {
      statements.ready(server, shown);
    }
    if (!shown) {
      return;
    }
    if (traces != null && rolledBack && !(idle && undone)) {
      traces.doubt();
    }
    rolledBack = false;
    if (idle && server.outstanding.isAnswered()) {
      if (listening != null) {
        listening.ended(!undone);
      }
      if (traces != null) {
        traces.ended(!undone);
        pin(server, traces);
      }
    } else if (idle && traces != null) {
      traces.doubt(); // nobody knows to which transaction of the batch a command belongs
    }
    undone = false;
  }

  // ---- the server

  /** Notes that the client stays with its server, or does so no more. */
  private void pin(ServerConnection server, SessionTraces now) {
    SessionTrace reason = now.first();
    if (reason != null && !pinned) {
      pinned = true;
      pool.stats.pins.increment();
      pool.stats.pinned.increment();
      client.log("pinned to server process " + server.remoteProcess + ": " + reason);
    } else if (reason == null && pinned) {
      unpin();
    }
  }

  private void unpin() {
    if (pinned) {
      pinned = false;
      pool.stats.pinned.decrement();
    }
  }

  /** Whether the server must stay with the client. */
  boolean holds() {
    return traces != null && !traces.isClean();
  }

  /** Whether notifications come from the server that listens, and from no other. */
  boolean listens() {
    return listening != null;
  }

  /** Brings the client what was notified, where that does not cut through an answer. */
  void drain(@Nullable ServerConnection server) {
    if (listening != null
        && (server == null || (server.outstanding.isIdle() && server.stream.isBetween()))) {
      listening.drain();
    }
  }

  /** The client has no server any more. */
  void released() {
    if (statements != null) {
      statements.released();
    }
  }

  /** The client has gone. What it left at its server must be undone for the next one. */
  void gone(@Nullable ServerConnection server) {
    if (server != null && holds()) {
      server.cleanUp = "DISCARD ALL";
    }
    unpin();
    if (listening != null) {
      listening.gone();
    }
  }
}
