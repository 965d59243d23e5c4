package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.pgwire.auth.ClientAction;
import dev.sluice.pgwire.auth.ClientAuthentication;
import dev.sluice.pgwire.auth.ClientRequest;
import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.pool.AcquireException;
import dev.sluice.proxy.config.AuthType;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.LdapOptions;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The login of a client: who it is, which pool it gets, and what it is told of the server. {@link
 * ClientAuthentication} decides about who; this moves the bytes.
 *
 * <p><b>States:</b> PROVING (the client shows who it is) → WELCOMING (waits for what the first
 * server says of itself) → done, and {@link ClientSession} takes over.
 */
final class LoginHandler extends ByteToMessageDecoder {
  private static final int HEADER = 5;

  /** Enough for a password or a step of SASL until the client's own limit is known. */
  private static final int LONGEST = 65_536;

  /** The bytes of a cancel request's key in protocol 3.2, with the process's number. */
  private static final int LONG_KEY = 4 + 32;

  private final ClientConnection client;
  private final ProxyCore core;
  private final StartupPacket.Login login;
  private final ProxyConfig config;
  private final Optional<DatabaseEntry> database;
  private @Nullable ClientAuthentication authentication;

  /** The LDAP server that judges the password; empty if none does. */
  private Optional<LdapOptions> ldap = Optional.empty();

  private int longest = LONGEST;
  private boolean reads;

  /** What a client that replicates waits for. */
  private @Nullable CompletableFuture<Void> place;

  LoginHandler(ClientConnection client, StartupPacket.Login login) {
    this.client = client;
    this.core = client.core;
    this.login = login;
    this.config = core.config();
    this.database = find(login.database());
  }

  private Optional<DatabaseEntry> find(String name) {
    return config.database(name).or(() -> config.fallback().map(entry -> entry.forDatabase(name)));
  }

  /** Begins, after the start-up packet. */
  void begin() {
    client.user = login.user();
    client.database = login.database();
    boolean console = ConsoleLogin.isFor(login.database());
    if (console || isFull()) {
      afterOthers(() -> begin(console));
    } else {
      begin(false);
    }
  }

  private boolean isFull() {
    int most = config.settings().maxClientConn();
    return most > 0 && core.clients.size() > most;
  }

  /** Goes on when those who went before are out of the books. */
  private void afterOthers(Runnable next) {
    EventLoop loop = client.channel.eventLoop();
    LoopRounds.pass(core.loops)
        .whenCompleteAsync(
            (nothing, failure) -> {
              if (client.channel.isActive() && client.closeReason() == null) {
                next.run();
              }
            },
            loop);
  }

  private void begin(boolean console) {
    Settings settings = config.settings();
    if (!console && isFull()) {
      client.fail("08P01", "no more connections allowed (max_client_conn)");
      return;
    }
    negotiate();
    try {
      client.replication = Replication.of(login);
      if (client.replication == Replication.NONE) {
        StartupParameters.apply(login.parameters(), client, settings);
      } else {
        StartupParameters.noteName(login.parameters(), client);
      }
    } catch (ProtocolException e) {
      client.fail(ProtocolException.SQLSTATE, e.getMessage());
      return;
    }
    if (console && ConsoleLogin.withoutPassword(client, this)) {
      return;
    }
    ldap = new Admission(client, login, config).ldap();
    if (ldap.isPresent()) {
      proveByLdap();
      return;
    }
    Optional<StoredSecret> known = UserLookup.inFile(config, login.user());
    if (known.isPresent() || settings.authType() == AuthType.ANY) {
      prove(known);
    } else if (console) {
      settings
          .authUser()
          .ifPresentOrElse(asker -> askForConsole(settings, asker), () -> prove(known));
    } else {
      database
          .flatMap(entry -> UserLookup.asker(config, entry, login.user()))
          .ifPresentOrElse(asker -> ask(database.get(), asker), () -> prove(known));
    }
  }

  /** The server knows the users, so neither auth_file nor auth_query is asked about them. */
  private void proveByLdap() {
    if (database.flatMap(DatabaseEntry::authUser).isPresent()) {
      misconfigured("LDAP can't be used together with database authentication");
    } else {
      prove(Optional.empty());
    }
  }

  /** The console has no users of its own, so another database must be asked. */
  private void askForConsole(Settings settings, String asker) {
    settings
        .authDbname()
        .flatMap(this::find)
        .ifPresentOrElse(entry -> ask(entry, asker), () -> misconfigured(UserLookup.RESERVED));
  }

  /** What the operator must mend is in the log alone. */
  private void misconfigured(String why) {
    client.log(why);
    client.fail("08P01", "bouncer config error");
  }

  /** Asks the database about a user whom auth_file does not have. */
  private void ask(DatabaseEntry entry, String asker) {
    Optional<String> refusal = core.users.refusal(config, entry, login.user());
    if (refusal.isPresent()) {
      misconfigured(refusal.get());
      return;
    }
    Optional<String> disabled = core.users.disabled(config, entry, login.user());
    if (disabled.isPresent()) {
      client.fail("08P01", disabled.get());
      return;
    }
    EventLoop loop = client.channel.eventLoop();
    core.users
        .ask(config, entry, login.user(), asker, loop)
        .whenCompleteAsync(
            (secret, failure) -> {
              if (!client.channel.isActive() || client.closeReason() != null) {
                return;
              }
              if (failure != null) {
                failed(failure);
              } else if (secret.isEmpty()) {
                client.fail("28000", "no such user");
              } else {
                prove(secret);
              }
            },
            loop);
  }

  /** Without a server to ask, the client would get none either, and is told why. */
  private void failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof AcquireException refused) {
      client.fail(ServerPool.explain(refused, false));
    } else {
      misconfigured("auth_query failed: " + (cause == null ? failure : cause).getMessage());
    }
  }

  private void prove(Optional<StoredSecret> secret) {
    logAttempt();
    Optional<ClientRequest> request = new Admission(client, login, config).request(secret);
    if (request.isEmpty()) {
      client.fail("28000", "no authentication method is found");
      return;
    }
    ClientAuthentication proof = new ClientAuthentication(core.authenticator, request.get());
    authentication = proof;
    handle(proof.begin());
  }

  private void logAttempt() {
    if (config.settings().logConnections()) {
      client.log(
          "login attempt: db="
              + login.database()
              + " user="
              + login.user()
              + " tls="
              + (client.tls.isEmpty() ? "no" : client.tls)
              + " replication="
              + login.parameters().getOrDefault("replication", "no"));
    }
  }

  // ---- PROVING

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    ClientAuthentication proof = authentication;
    if (client.closeReason() != null) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (proof == null || !reads || in.readableBytes() < HEADER) {
      refuseFlood(in);
      return;
    }
    byte type = in.getByte(in.readerIndex());
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 4 || length - 4 > longest) {
      client.fail(ProtocolException.SQLSTATE, "unexpected packet of " + length + " bytes in login");
      return;
    }
    if (in.readableBytes() <= length) {
      return;
    }
    in.skipBytes(HEADER);
    byte[] payload = ByteBufUtil.getBytes(in.readSlice(length - 4));
    reads = false;
    handle(proof.received(type, payload));
  }

  /** Nothing is read while the login waits for somebody else, so nothing may pile up. */
  private void refuseFlood(ByteBuf in) {
    if (in.readableBytes() > HEADER + LONGEST) {
      client.fail(ProtocolException.SQLSTATE, "unexpected bytes in login");
    }
  }

  private void handle(List<ClientAction> actions) {
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.SendRequest request) {
        ByteBuf out = client.channel.alloc().buffer();
        Replies.authentication(out, request.code(), request.payload());
        client.channel.writeAndFlush(out);
      } else if (action instanceof ClientAction.AwaitMessage message) {
        longest = message.longest();
        reads = true;
      } else if (action instanceof ClientAction.Derive derive) {
        derive(derive);
      } else if (action instanceof ClientAction.Judge judge) {
        judge(judge);
      } else if (action instanceof ClientAction.Accepted accepted) {
        accepted(accepted.forServer());
      } else if (action instanceof ClientAction.Rejected rejected) {
        if (!rejected.log().equals(rejected.message())) {
          client.log(rejected.log());
        }
        client.fail(rejected.sqlstate(), rejected.message());
      }
    }
  }

  private void derive(ClientAction.Derive derive) {
    core.workers.execute(
        () -> {
          StoredSecret.ScramKeys keys = derive.work().call();
          client.channel.eventLoop().execute(() -> derived(keys));
        });
  }

  private void derived(StoredSecret.ScramKeys keys) {
    ClientAuthentication proof = authentication;
    if (proof != null && client.channel.isActive()) {
      handle(proof.derived(keys));
    }
  }

  private void judge(ClientAction.Judge judge) {
    core.ldap
        .check(ldap.orElseThrow(), login.user(), judge.password().bytes())
        .whenCompleteAsync((refusal, failure) -> judged(refusal), client.channel.eventLoop());
  }

  private void judged(Optional<String> refusal) {
    ClientAuthentication proof = authentication;
    if (proof != null && client.channel.isActive() && client.closeReason() == null) {
      handle(proof.judged(refusal));
    }
  }

  // ---- WELCOMING

  private void accepted(StoredSecret forServer) {
    if (ConsoleLogin.isFor(login.database())) {
      ConsoleLogin.afterPassword(client, this);
      return;
    }
    String refusal = core.operations.refusal(login.database());
    if (refusal != null) {
      client.fail("08P01", refusal);
      return;
    }
    if (database.isEmpty()) {
      client.fail("3D000", "no such database: " + login.database());
      return;
    }
    ServerPools.Joined joined = core.pools.join(database.get(), client, forServer);
    if (joined.exceeded() == null) {
      join(joined);
    } else {
      afterOthers(() -> join(core.pools.join(database.get(), client, forServer)));
    }
  }

  private void join(ServerPools.Joined joined) {
    if (joined.exceeded() != null) {
      client.fail("08P01", "client connections exceeded (" + joined.exceeded() + ")");
      return;
    }
    client.pool = joined.pool();
    if (client.replication == Replication.NONE) {
      greet(joined.pool());
    } else {
      replicate(joined.pool());
    }
  }

  /** A client that replicates gets a server of its own, as soon as the pool has room for it. */
  private void replicate(ServerPool shared) {
    EventLoop loop = client.channel.eventLoop();
    CompletableFuture<Void> asked = shared.replicas.enter();
    place = asked;
    limit(shared.limits().queryWaitTimeout(), "query_wait_timeout", asked);
    asked.whenCompleteAsync(
        (nothing, cancelled) -> {
          if (cancelled != null) {
            return;
          }
          place = null;
          if (!client.channel.isActive() || client.closeReason() != null) {
            shared.replicas.leave();
            return;
          }
          ServerKind kind =
              ServerKind.replicating(
                  client.replication, StartupParameters.forServer(login.parameters()));
          ServerPool own = core.pools.replica(shared, kind);
          client.pool = own;
          greet(own);
        },
        loop);
  }

  /** Waits for what servers of the pool say of themselves, and passes it on. */
  private void greet(ServerPool pool) {
    CompletableFuture<Map<String, String>> asked = pool.welcome(client.channel.eventLoop());
    if (asked.isDone()) {
      greeted(pool, asked, true);
      return;
    }
    limit(core.config().settings().queryTimeout(), "query_timeout", asked);
    asked.whenCompleteAsync(
        (parameters, failure) -> greeted(pool, asked, false), client.channel.eventLoop());
  }

  private void greeted(
      ServerPool pool, CompletableFuture<Map<String, String>> asked, boolean atOnce) {
    if (!client.channel.isActive() || client.closeReason() != null) {
      return;
    }
    try {
      welcome(pool, asked.join());
    } catch (CompletionException | CancellationException e) {
      client.fail(ServerPool.explain(e, atOnce));
    }
  }

  /** Ends the client if something has not come in time. */
  private void limit(Duration limit, String name, CompletableFuture<?> awaited) {
    if (!limit.isZero()) {
      ScheduledFuture<?> end =
          client
              .channel
              .eventLoop()
              .schedule(() -> client.fail("08P01", name), limit.toNanos(), TimeUnit.NANOSECONDS);
      awaited.whenComplete((result, failure) -> end.cancel(false));
    }
  }

  /** Tells a client that wants more than is spoken here what it gets. */
  private void negotiate() {
    int version = login.spokenVersion();
    List<String> unknown = login.protocolOptions();
    if (version != login.version() || !unknown.isEmpty()) {
      ByteBuf out = client.channel.alloc().buffer();
      Replies.negotiateVersion(out, version, unknown);
      client.channel.writeAndFlush(out);
    }
  }

  private int keyLength() {
    return login.spokenVersion() == StartupPacket.VERSION_3_2 ? LONG_KEY : Long.BYTES;
  }

  private void welcome(ServerPool pool, Map<String, String> ofServer) {
    ClientSession session = new ClientSession(client, pool);
    byte[] key = core.clients.register(client, session, keyLength());
    ByteBuf out = client.channel.alloc().buffer();
    Replies.authentication(out, 0, new byte[0]);
    core.config()
        .settings()
        .loginNotifyMessage()
        .ifPresent(text -> Replies.notice(out, ErrorFields.of("NOTICE", "00000", text)));
    ofServer.forEach(
        (name, value) -> {
          String own = pool.kind.replicates() ? value : client.parameters.get(name);
          Replies.parameterStatus(out, name, own == null ? value : own);
          if (own == null) {
            client.parameters.set(name, value);
          }
        });
    Replies.backendKeyData(out, key);
    Replies.ready(out, TransactionStatus.IDLE);
    client.channel.writeAndFlush(out);
    pool.stats.login();
    client.channel.pipeline().addLast(session);
    client.channel.pipeline().remove(this); // what came after goes on to the session
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    client.ends("client unexpected eof");
    CompletableFuture<Void> waiting = place;
    if (waiting != null) {
      waiting.cancel(false);
    }
    ServerPool pool = client.pool;
    if (pool != null) {
      pool.leave(client);
    }
    core.clients.remove(client);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.close("client unexpected eof");
  }
}
