package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.Outstanding;
import dev.sluice.pgwire.PreparedText;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.Text;
import dev.sluice.proxy.config.PoolMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Prepared statements of clients that change servers. What a client calls a statement is translated
 * into what the servers call it, and a server that does not have it yet gets it first. Unnamed
 * statements are left alone: they live within one batch.
 *
 * <ul>
 *   <li>P1: a client's name means the same text at every server. A name whose Parse failed means
 *       what it was to mean, until the client gives it to another.
 *   <li>P2: a server is believed to have a statement only from its Parse on, and not if that failed
 *       or was skipped; believed to have it no more from its Close on, unless that was skipped.
 *   <li>P3: a server has at most max_prepared_statements, but for what one batch needs.
 * </ul>
 */
final class StatementRelay {
  /** The most bytes of the names in a message. */
  private static final int LONGEST_NAMES = 1 << 16;

  /** The statement and the portal by which SQL's PREPARE runs in a batch of the client. */
  private static final String OWN_STATEMENT = "SLUICE_PREPARES";

  private static final byte[] OWN_REQUESTS = {
    Frontend.CLOSE, Frontend.PARSE, Frontend.BIND, Frontend.EXECUTE
  };

  /** The most names of which {@code closing} keeps track. */
  private static final int MOST_CLOSING = 1_000;

  private final ClientConnection client;
  private final ServerPool pool;
  private boolean answered;
  private boolean held;

  /** Whether a command is under way by which the session may forget all its statements. */
  private boolean forgetting;

  /** Names whose Close may yet be undone, because a request before it fails. */
  private final Set<String> closing = new HashSet<>();

  /** Names of statements that may make the session forget all statements. */
  private final Set<String> forgetful = new HashSet<>();

  StatementRelay(ClientConnection client, ServerPool pool) {
    this.client = client;
    this.pool = pool;
  }

  boolean isOn() {
    return pool.mode != PoolMode.SESSION && most() > 0;
  }

  int most() {
    return client.core.config().settings().maxPreparedStatements();
  }

  /** Whether a message must be translated, or cannot be judged before more of it is here. */
  boolean takes(byte type, ByteBuf in, int at, int end) {
    if (!isOn()) {
      return false;
    }
    return switch (type) {
      case Frontend.PARSE -> at >= end || in.getByte(at) != 0;
      case Frontend.DESCRIBE, Frontend.CLOSE ->
          end - at < 2 || (in.getByte(at) == 'S' && in.getByte(at + 1) != 0);
      case Frontend.BIND -> {
        int portal = in.indexOf(at, end, (byte) 0);
        yield portal < 0 || portal + 1 >= end || in.getByte(portal + 1) != 0;
      }
      default -> false;
    };
  }

  /**
   * Looks for what may make the session forget its statements: any simple query, and a command of
   * the protocol that begins like DEALLOCATE or DISCARD. A statement that is prepared or used after
   * that waits for its end (P1, P2).
   */
  void sees(byte type, ByteBuf in, int at, int end) {
    if (type == Frontend.QUERY) {
      forgetting = true;
    } else if (type == Frontend.PARSE && at < end && in.getByte(at) == 0) {
      forgetting |= forgets(in, at + 1, end);
    }
  }

  /** Whether a text may be a command that forgets statements, as far as it is here. */
  private static boolean forgets(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end && text.getByte(at) > 0 && text.getByte(at) <= ' ') {
      at++;
    }
    if (end - at < 3) {
      return true;
    }
    String begin = text.toString(at, 3, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return begin.charAt(0) == '/'
        || begin.startsWith("--")
        || begin.equals("dea")
        || begin.equals("dis");
  }

  /** Whether a message must wait because the session may be about to forget its statements. */
  private boolean waitsForForgetting(ServerConnection server) {
    if (forgetting && server.outstanding.isAnswered()) {
      forgetting = false;
    }
    return forgetting && server.outstanding.awaitsReady();
  }

  /** Whether the client's next message waits for answers to those before. */
  boolean isHeld() {
    return held;
  }

  /** Sends what a message means at this server; see {@link ClientStream.Sink#take}. */
  int take(ServerConnection server, byte type, ByteBuf body, int length) throws ProtocolException {
    held = false;
    if (type == Frontend.BIND) {
      return bind(server, body, length);
    }
    if (type != Frontend.PARSE && length > LONGEST_NAMES) {
      throw new ProtocolException("a statement's name of " + length + " bytes");
    }
    if (body.readableBytes() < length) {
      return -1;
    }
    if (!takes(type, body, body.readerIndex(), body.writerIndex())) {
      return asItIs(server, type, length);
    }
    if (waitsForForgetting(server)) {
      held = true;
      return -1;
    }
    boolean taken =
        switch (type) {
          case Frontend.PARSE -> parse(server, body);
          case Frontend.DESCRIBE -> describe(server, body.skipBytes(1));
          case Frontend.CLOSE -> close(server, body.skipBytes(1));
          default -> throw new IllegalArgumentException("message " + type);
        };
    return taken ? length : -1;
  }

  /** A message that turned out to need no translation. */
  static int asItIs(ServerConnection server, byte type, int length) {
    ByteBuf out = server.channel.alloc().buffer(ClientStream.HEADER);
    out.writeByte(type).writeInt(4 + length);
    server.channel.write(out);
    server.outstanding.relayed(type);
    return 0;
  }

  /**
   * Whether a message must wait until requests before it are answered: it uses a name that is free,
   * or taken, only if none of them fails. PostgreSQL skips what follows an error.
   */
  private boolean mustWait(ServerConnection server, String name, boolean taken) {
    if (!closing.isEmpty() && server.outstanding.isAnswered()) {
      closing.clear();
    }
    held =
        (taken || closing.contains(name) || closing.size() >= MOST_CLOSING)
            && server.outstanding.awaitsReady();
    return held;
  }

  /** The same for a statement that the server may have or not, when requests are answered. */
  private boolean mustWait(ServerConnection server, PreparedText text) {
    if (!server.statements.isDoubtful(text)) {
      return false;
    }
    if (server.outstanding.isAnswered()) {
      server.statements.settle();
    }
    held = server.statements.isDoubtful(text) && server.outstanding.awaitsReady();
    return held;
  }

  /** Returns false if it must wait. */
  private boolean parse(ServerConnection server, ByteBuf body) throws ProtocolException {
    String name = Text.read(body, "statement name");
    if (mustWait(server, name, client.statements.get(name) != null)) {
      return false;
    }
    if (client.statements.get(name) != null) {
      throw new ProtocolException("prepared statement '" + name + "' was already prepared");
    }
    boolean forgets = forgets(body, body.readerIndex(), body.writerIndex());
    PreparedText text = client.core.statements.use(body);
    if (mustWait(server, text)) {
      client.core.statements.release(text);
      return false;
    }
    pool.stats.clientParse();
    if (forgets) {
      forgetful.add(name);
    } else if (!forgetful.isEmpty()) {
      forgetful.remove(name);
    }
    client.statements.put(name, text);
    client.preparedStatements = client.statements.size();
    if (server.statements.find(text) != null) {
      answer(server, Backend.PARSE_COMPLETE, () -> client.statements.failed(name, text));
      return true;
    }
    write(server, text);
    server.outstanding.relayed(
        Frontend.PARSE,
        () -> {
          client.statements.failed(name, text);
          server.statements.remove(text);
        });
    evict(server);
    return true;
  }

  /** Prepares a statement at a server that does not have it. */
  private PreparedText ensure(ServerConnection server, PreparedText text) {
    PreparedText known = server.statements.find(text);
    if (known != null) {
      return known; // perhaps by another name, if the text was forgotten in between
    }
    if (text.isSql()) {
      prepareBySql(server, text);
    } else {
      write(server, text);
      server.outstanding.hidden(Frontend.PARSE, () -> server.statements.remove(text));
    }
    evict(server);
    return text;
  }

  /** A client uses by the protocol what SQL's PREPARE has made. */
  private void prepareBySql(ServerConnection server, PreparedText text) {
    ByteBuf out = server.channel.alloc().buffer();
    Requests.execute(out, OWN_STATEMENT, text.prepareCommand());
    server.channel.write(out);
    server.statements.add(text);
    server.statements.doubt(text);
    pool.stats.serverParse();
    for (byte each : OWN_REQUESTS) {
      server.outstanding.hidden(each, () -> server.statements.remove(text));
    }
    server.outstanding.hidden(Frontend.CLOSE, () -> {}); // it has been prepared
    server.outstanding.hidden(Frontend.CLOSE, () -> {});
  }

  private void write(ServerConnection server, PreparedText text) {
    ByteBuf out = server.channel.alloc().buffer();
    text.writeParse(out);
    server.channel.write(out);
    server.statements.add(text);
    server.statements.doubt(text);
    pool.stats.serverParse();
  }

  private void evict(ServerConnection server) {
    int most = most();
    for (PreparedText old = server.statements.surplus(most);
        old != null;
        old = server.statements.surplus(most)) {
      PreparedText gone = old;
      ByteBuf out = server.channel.alloc().buffer();
      Requests.closeStatement(out, gone.name());
      server.channel.write(out);
      server.statements.remove(gone);
      server.statements.doubt(gone);
      server.outstanding.hidden(Frontend.CLOSE, () -> server.statements.add(gone));
    }
  }

  private int bind(ServerConnection server, ByteBuf body, int length) throws ProtocolException {
    int at = body.readerIndex();
    int portalEnd = body.indexOf(at, body.writerIndex(), (byte) 0);
    int nameEnd = portalEnd < 0 ? -1 : body.indexOf(portalEnd + 1, body.writerIndex(), (byte) 0);
    if (nameEnd < 0) {
      if (body.readableBytes() >= Math.min(length, LONGEST_NAMES)) {
        throw new ProtocolException("the names in a Bind do not end");
      }
      return -1;
    }
    int nameLength = nameEnd - portalEnd - 1;
    String name = body.toString(portalEnd + 1, nameLength, StandardCharsets.UTF_8);
    if (nameLength > 0 && waitsForForgetting(server)) {
      held = true;
      return -1;
    }
    if (!closing.isEmpty() && mustWait(server, name, false)) {
      return -1;
    }
    PreparedText text = nameLength == 0 ? null : client.statements.getOrAttempt(name);
    if (text != null && mustWait(server, text)) {
      return -1;
    }
    pool.stats.bind();
    forgetting |= !forgetful.isEmpty() && forgetful.contains(name);
    if (text == null) {
      return asItIs(server, Frontend.BIND, length); // the server knows the error
    }
    String called = ensure(server, text).name();
    ByteBuf out = server.channel.alloc().buffer();
    out.writeByte(Frontend.BIND).writeInt(translated(length, called.length() - nameLength));
    out.writeBytes(body, at, portalEnd + 1 - at);
    ByteBufUtil.writeAscii(out, called);
    out.writeByte(0);
    server.channel.write(out);
    server.outstanding.relayed(Frontend.BIND);
    return nameEnd + 1 - at;
  }

  /** The length of a message whose name became longer. */
  private static int translated(int length, int more) throws ProtocolException {
    long translated = 4L + length + more;
    if (translated > Integer.MAX_VALUE) {
      throw new ProtocolException("a message of " + length + " bytes");
    }
    return (int) translated;
  }

  private boolean describe(ServerConnection server, ByteBuf body) throws ProtocolException {
    String name = Text.read(body, "statement name");
    if (!closing.isEmpty() && mustWait(server, name, false)) {
      return false;
    }
    PreparedText text = client.statements.getOrAttempt(name);
    if (text != null && mustWait(server, text)) {
      return false;
    }
    ByteBuf out = server.channel.alloc().buffer();
    String called = text == null ? name : ensure(server, text).name();
    out.writeByte(Frontend.DESCRIBE);
    out.writeInt(4 + 2 + ByteBufUtil.utf8Bytes(called)).writeByte('S');
    Text.write(out, called);
    server.channel.write(out);
    server.outstanding.relayed(Frontend.DESCRIBE);
    return true;
  }

  /** The client forgets a statement; the server keeps it for others. */
  private boolean close(ServerConnection server, ByteBuf body) throws ProtocolException {
    String name = Text.read(body, "statement name");
    if (mustWait(server, name, false)) {
      return false;
    }
    PreparedText text = client.statements.remove(name);
    client.preparedStatements = client.statements.size();
    if (text == null) {
      answer(server, Backend.CLOSE_COMPLETE, () -> {});
      return true;
    }
    client.core.statements.release(text);
    closing.add(name);
    forgetful.remove(name);
    answer(
        server,
        Backend.CLOSE_COMPLETE,
        () -> {
          client.core.statements.use(text);
          client.statements.put(name, text);
        });
    return true;
  }

  /** Answers in the server's stead, in its turn. */
  private void answer(ServerConnection server, byte reply, Outstanding.Undo undo) {
    server.outstanding.local(reply, undo);
    byte due = server.stream.isBetween() ? server.outstanding.nextLocal() : 0;
    if (due != 0) {
      ByteBuf out = client.channel.alloc().buffer(ClientStream.HEADER);
      Replies.empty(out, due);
      client.channel.write(out);
      answered = true;
    }
  }

  /** Whether answers were written since the last call, so that they must be flushed. */
  boolean answersWait() {
    boolean now = answered;
    answered = false;
    return now;
  }

  /** Looks for the commands by which a session forgets all its statements. */
  void completed(ServerConnection server, ByteBuf tag) {
    if (isOn() && forgetsAll(tag)) {
      client.statements.clear();
      forgetful.clear();
      server.statements.clear();
    }
  }

  /** Whether a command ended by which a session forgets all its statements. */
  static boolean forgetsAll(ByteBuf tag) {
    if (tag.readableBytes() < 11 || tag.getByte(tag.readerIndex()) != 'D') {
      return false;
    }
    String text = tag.toString(StandardCharsets.US_ASCII);
    return text.equals("DEALLOCATE ALL\0") || text.equals("DISCARD ALL\0");
  }
}
