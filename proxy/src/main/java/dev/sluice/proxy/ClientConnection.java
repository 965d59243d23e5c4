package dev.sluice.proxy;

import dev.sluice.pgwire.ClientStatements;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.SessionParameters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client: who it is, and where it stands. Its event loop alone writes; the console reads the
 * volatile fields.
 *
 * <p><b>States.</b> One handler of its channel serves each phase, and is replaced by the next
 * one's:
 *
 * <pre>
 *   LOGIN    {@link StartupHandler}, then {@link LoginHandler}: nobody yet
 *   IDLE     {@link ClientSession}: has no server
 *   WAITING  {@link ClientSession}: stands in the queue for a server
 *   ACTIVE   {@link ClientSession}: has a server, also while that gets the client's settings
 *   CLOSED   for ever
 * </pre>
 */
final class ClientConnection {
  /** For how long a client may take to read why it is closed. */
  private static final int LAST_WORDS_SECONDS = 5;

  enum State {
    LOGIN,
    IDLE,
    WAITING,
    ACTIVE,
    CLOSED
  }

  final long id;
  final ProxyCore core;
  final Channel channel;
  final Origin origin;
  final Origin local;
  final long connectedAt;
  final SessionParameters parameters;
  final ClientStatements statements;

  volatile State state = State.LOGIN;
  volatile String user = "(nouser)";
  volatile String database = "(nodb)";
  volatile @Nullable ServerPool pool;
  volatile Replication replication = Replication.NONE;

  /** As the log and the console have it, {@code TLSv1.3/TLS_AES_256_GCM_SHA384}; empty without. */
  volatile String tls = "";

  /** How many bytes its statements have; for the console. */
  volatile int preparedStatements;

  /** When its last request began to wait for a server, or its transaction began. */
  volatile long requestedAt;

  /** The server it uses; null unless ACTIVE. */
  volatile @Nullable ServerConnection server;

  /** Set once: why its channel was closed from here. */
  private volatile @Nullable String closeReason;

  /** The first eight bytes of its cancel requests' key; 0 before the login has succeeded. */
  volatile long cancelKey;

  /** The other bytes of the key. */
  volatile byte[] cancelKeyRest = {};

  /** Whether it has got a part of a message of which the rest will not come. */
  private boolean cutOff;

  private final boolean simpleQueries;

  /** Ends it if it has not logged in in time. */
  private @Nullable ScheduledFuture<?> loginLimit;

  ClientConnection(long id, ProxyCore core, Channel channel, Origin origin, Origin local) {
    this.id = id;
    this.core = core;
    this.connectedAt = core.clock.getAsLong();
    this.requestedAt = connectedAt;
    this.channel = channel;
    this.origin = origin;
    this.local = local;
    this.parameters = new SessionParameters(core.tracked);
    this.statements = new ClientStatements(core.statements);
    this.simpleQueries = !core.config().settings().disablePqexec();
    Duration limit = core.config().settings().clientLoginTimeout();
    this.loginLimit =
        limit.isZero()
            ? null
            : channel
                .eventLoop()
                .schedule(
                    () -> fail("08P01", "client_login_timeout"),
                    limit.toNanos(),
                    TimeUnit.NANOSECONDS);
  }

  /** It has logged in, or gone. */
  void loggedIn() {
    ScheduledFuture<?> limit = loginLimit;
    if (limit != null) {
      limit.cancel(false);
      loginLimit = null; // of ten thousand idle clients, each would keep it
    }
  }

  /** Logs a line about it. */
  void log(String text) {
    core.log.log(this + " " + text);
  }

  @Nullable String closeReason() {
    return closeReason;
  }

  /** Ends it with an error that the client sees. */
  void fail(String sqlState, String message) {
    fail(ErrorFields.fatal(sqlState, message));
  }

  /** Ends it with an error that the client sees. */
  void fail(ErrorFields error) {
    if (!ends(error.message())) {
      return;
    }
    if (core.config().settings().logPoolerErrors()) {
      core.log.warning(this + " pooler error: " + error.message());
    }
    ByteBuf out = channel.alloc().buffer();
    if (!isAmidAnswer()) { // else it would take the error for the rest of a row
      Replies.error(out, error);
    }
    channel.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    channel.eventLoop().schedule(() -> channel.close(), LAST_WORDS_SECONDS, TimeUnit.SECONDS);
  }

  private boolean isAmidAnswer() {
    ServerConnection mine = server;
    return cutOff || (mine != null && mine.stream.isPassing());
  }

  /** It has no server any more. */
  void withoutServer() {
    cutOff = isAmidAnswer();
    server = null;
  }

  /** Ends it because of a fault in the handling of it. */
  void failed(Throwable cause) {
    if (core.log.isVerbose(SidecarLog.Level.DEBUG) || !(cause instanceof IOException)) {
      core.log.write(SidecarLog.Level.WARNING, this + " " + cause);
    }
    close("client unexpected eof");
  }

  /** Refuses the simple query protocol, if the configuration does. */
  void requireSimpleQueries() throws ProtocolException {
    if (!simpleQueries) {
      throw new ProtocolException("PQexec disallowed");
    }
  }

  /** Tells it something. */
  void notice(String text) {
    ByteBuf out = channel.alloc().buffer();
    Replies.notice(out, ErrorFields.of("NOTICE", "00000", text));
    channel.writeAndFlush(out);
  }

  /**
   * Gives its settings to a server that has others; returns whether that takes a moment, in which
   * nothing else may be sent.
   */
  boolean settle(ServerConnection candidate) {
    if (parameters.agreesWith(candidate.parameters)) {
      return false;
    }
    String sql = parameters.toApplyTo(candidate.parameters);
    if (core.log.isVerbose(SidecarLog.Level.DEBUG)) {
      core.log.write(SidecarLog.Level.DEBUG, this + " varcache_apply: " + sql);
    }
    candidate.outstanding.own();
    ByteBuf query = channel.alloc().buffer();
    Requests.query(query, sql);
    candidate.channel.writeAndFlush(query);
    return true;
  }

  /** Takes what a server made of its settings. */
  void adopt(SessionParameters ofServer) {
    if (core.log.isVerbose(SidecarLog.Level.DEBUG)) {
      ofServer.forEach(
          (name, value) -> {
            String own = parameters.get(name);
            if (own != null && !own.equals(value)) {
              core.log.write(
                  SidecarLog.Level.DEBUG,
                  String.format(
                      "%s varcache_set_canonical: setting %s to its canonical version %s -> %s",
                      this, name, own, value));
            }
          });
    }
    parameters.adopt(ofServer);
  }

  /** Ends it without a word. */
  void close(String reason) {
    ends(reason);
    channel.close();
  }

  /** Notes the reason, which is logged; whether it is the first. */
  boolean ends(String reason) {
    if (closeReason != null) {
      return false;
    }
    closeReason = reason;
    loggedIn();
    if (core.config().settings().logDisconnections()) {
      log("closing because: " + reason + " (age=" + age() + "s)");
    }
    return true;
  }

  private long age() {
    return (core.clock.getAsLong() - connectedAt) / 1_000_000_000L;
  }

  /** By its number, so that sets of clients have an order that can be repeated. */
  @Override
  public int hashCode() {
    return Long.hashCode(id);
  }

  /** Each is equal to itself alone. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  /** As the log has it. */
  @Override
  public String toString() {
    return "C-" + SocketTables.pointer(id) + ": " + database + "/" + user + "@" + origin;
  }
}
