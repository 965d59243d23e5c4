package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.SluiceSettings;
import dev.sluice.proxy.config.TextConfig;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole sidecar in virtual time, with the clients, the servers, the operator and the misfortunes
 * that its seed chooses. It runs on one thread; the engine's workers alternate with that.
 *
 * <p>What it demands, beside what {@link SimClient} and {@link SimSession} check by themselves:
 *
 * <ul>
 *   <li>M1: no server is lent to two clients at once.
 *   <li>M2: a pool has no more servers than its limits allow; if these shrink, it does not grow.
 *   <li>M3: a calm run, without faults, ends no client but by its own wish.
 *   <li>M4: in the end no server is lent, nobody waits, and no buffer, statement, client or session
 *       is left.
 *   <li>M5: where clients keep no servers, and nothing has been wrong for as long as one may wait,
 *       nobody waits in vain.
 *   <li>M6: a pool lends unless an operator has ordered otherwise.
 * </ul>
 */
final class SidecarSimulation {
  private static final long LONGEST = 900 * SimTime.SECONDS;

  final long seed;
  final SimTime time;
  final SimDatabase database;

  /** How likely a client vanishes instead of asking something. */
  final double vanishing;

  /** How likely a client replicates. */
  final double replicating;

  /** How often clients were ended, by what they were told. */
  final Map<String, Integer> endings = new TreeMap<>();

  final List<SimClient> clients = new ArrayList<>();

  final SimOperator operator;

  private final boolean calm;
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final Map<String, String> settings = new TreeMap<>();
  private final TextConfig config;
  private final SluiceSettings own;
  private final SimMachine machine;
  private final ProxyCore core;
  private final Sidecar sidecar;
  private final IdentityHashMap<ServerPool, Integer> sizes = new IdentityHashMap<>();

  /** The reserve counts as it was when the pool was made. */
  private final IdentityHashMap<ServerPool, Integer> reserves = new IdentityHashMap<>();

  private int expectedClients;
  private boolean closing;
  private long troubleAt;

  SidecarSimulation(long seed) throws ConfigException {
    this.seed = seed;
    this.time = new SimTime(seed);
    this.calm = time.chance(0.3);
    this.vanishing = calm ? 0 : time.one(0d, 0.01, 0.05);
    this.replicating = time.one(0d, 0d, 0.1);
    this.database =
        new SimDatabase(
            time,
            new SimAccounts(
                time.chance(0.5) ? SimAccounts.Kind.TRUST : time.one(SimAccounts.Kind.values())),
            calm ? 0 : time.one(0d, 0.001, 0.01),
            calm ? 0 : time.one(0d, 0d, 0.001));
    settings.put("pool_mode", time.one("transaction", "transaction", "session", "statement"));
    settings.put("query_wait_timeout", "10");
    settings.put("query_timeout", "20");
    settings.put("server_connect_timeout", "3");
    settings.put("server_login_retry", "1");
    settings.put("client_login_timeout", "15");
    settings.put("cancel_wait_timeout", "5");
    settings.put("default_pool_size", String.valueOf(time.between(1, 5)));
    choose();
    this.own = own(time.one(true, false), time.one(true, false), time.one(true, false));
    this.config = new TextConfig(ini(), database.accounts.file());
    this.machine = new SimMachine(time, database, allocator, time.between(1, 3));
    SidecarLog log = new SidecarLog(new Lines());
    this.core = new ProxyCore(config.load(), OwnConfig.of(own), log, Transport.NIO, machine);
    this.sidecar = new Sidecar(core);
    this.operator = new SimOperator(this, calm);
    database.fitness = this::isFor;
  }

  /** The log, as a part of the trace. */
  private final class Lines extends PrintStream {
    Lines() {
      super(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      time.say("log " + line.substring(line.indexOf("] ") + 2));
    }
  }

  /** What clients may do, since it is kept for them. */
  SimCommands.Allowed allowed(boolean replicates) {
    boolean session = replicates || "session".equals(settings.get("pool_mode"));
    return new SimCommands.Allowed(
        session || !"statement".equals(settings.get("pool_mode")),
        session || own.sqlPrepare() || own.pin(),
        session || own.sqlPrepare(),
        session || own.listen() || own.pin(),
        session || own.pin());
  }

  /** Whether a server of its own listens for the clients. */
  boolean listensApart() {
    return own.listen() && !"session".equals(settings.get("pool_mode"));
  }

  // ---- the configuration

  private static SluiceSettings own(boolean sqlPrepare, boolean listen, boolean pin) {
    SluiceSettings none = SluiceSettings.NONE;
    return new SluiceSettings(
        Optional.empty(),
        none.overloadTarget(),
        none.overloadInterval(),
        none.maxWaiting(),
        none.reportTransaction(),
        none.reportIdleTransaction(),
        sqlPrepare,
        listen,
        pin,
        Map.of());
  }

  /** Writes a file with other settings. */
  void change() {
    choose();
    time.say("changes to " + settings);
    config.change(ini());
  }

  private void choose() {
    settings.put("default_pool_size", String.valueOf(time.between(1, 5)));
    settings.put("reserve_pool_size", time.one("0", "0", "2"));
    settings.put("reserve_pool_timeout", time.one("0.1", "1"));
    settings.put("min_pool_size", time.one("0", "0", "1"));
    settings.put("max_db_connections", time.one("0", "0", "4"));
    settings.put("max_prepared_statements", time.one("1", "2", "5", "100"));
    settings.put("server_lifetime", time.one("3600", "0", "2"));
    settings.put("server_idle_timeout", time.one("600", "1"));
    settings.put("server_check_delay", time.one("30", "0"));
    settings.put("server_check_query", time.one("select 1", ""));
    settings.put("server_round_robin", time.one("0", "1"));
    settings.put("server_reset_query_always", time.one("0", "0", "1"));
    settings.put("host", time.one("10.0.0.1", "10.0.0.1", "10.0.0.2"));
  }

  private String ini() {
    StringBuilder text = new StringBuilder("[databases]\n");
    String host = settings.get("host");
    text.append("db = host=").append(host).append(" port=5432\n");
    text.append("other = host=").append(host).append(" port=5432 dbname=db\n");
    text.append("[pgbouncer]\nlisten_addr = 10.0.0.9\nunix_socket_dir =\n");
    text.append(database.accounts.settings());
    settings.forEach(
        (key, value) -> {
          if (!key.equals("host")) {
            text.append(key).append(" = ").append(value).append('\n');
          }
        });
    return text.toString();
  }

  // ---- the run

  /** Runs it to its end; what went wrong is in {@code time.faults}. */
  void execute() {
    time.watch = this::look;
    sidecar.begin();
    expectedClients = time.between(2, 14);
    int window = time.one(1, 200, 3_000, 15_000);
    for (int i = 0; i < expectedClients; i++) {
      time.after(time.below(window) * SimTime.MILLIS, () -> connect("secret" + clients.size()));
    }
    operate();
    long end = time.now() + LONGEST;
    while (time.faults.isEmpty() && time.now() < end && !isDone()) {
      time.runUntil(time.now() + SimTime.SECONDS);
    }
    if (time.faults.isEmpty() && !isDone()) {
      time.fault("some clients never end");
    }
    finish();
    time.end();
  }

  private boolean isDone() {
    return clients.size() == expectedClients && clients.stream().allMatch(SimClient::isOver);
  }

  private void connect(String secret) {
    SimChannel channel = new SimChannel(time, database, allocator, SimMachine.HERE);
    SimClient client =
        new SimClient(this, channel, secret, time.one("db", "db", "other"), time.between(1, 40));
    if (!calm && time.chance(0.2)) {
      channel.slowness = time.one(1, 30) * SimTime.MILLIS;
    }
    clients.add(client);
    join(channel, client);
    client.begin(time.one("app", "app", "web"));
  }

  SimClient client(String secret) {
    return clients.get(Integer.parseInt(secret.substring("secret".length())));
  }

  /** A connection to the console, which calls back when it is ready. */
  SimAdmin console(Runnable onReady) {
    SimChannel channel = new SimChannel(time, database, allocator, SimMachine.HERE);
    SimAdmin admin = new SimAdmin(time, channel, onReady);
    join(channel, admin);
    admin.begin(SimAccounts.OPERATOR);
    return admin;
  }

  private void join(SimChannel channel, SimPeer peer) {
    EventLoop loop = core.loops.next();
    channel.accepted(
        peer, java.net.InetSocketAddress.createUnresolved("client", 1_024 + time.below(60_000)));
    channel
        .pipeline()
        .addLast(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel accepted) {
                sidecar.accept(accepted);
              }
            });
    loop.register(channel);
  }

  /** Somebody wishes to cancel the query of this client. */
  void cancel(SimClient client) {
    if (client.cancelKey.length == 0 || client.isOver()) {
      return;
    }
    client.cancels++;
    SimChannel channel = new SimChannel(time, database, allocator, SimMachine.HERE);
    boolean[] closed = new boolean[1];
    join(
        channel,
        new SimPeer() {
          @Override
          public void received(byte[] bytes) {
            time.fault("an answer to a cancel request");
          }

          @Override
          public void closed() {
            closed[0] = true;
          }
        });
    channel.send(SimMessages.of(out -> Requests.cancel(out, client.cancelKey)));
    time.after(
        60 * SimTime.SECONDS,
        () -> {
          if (!closed[0]) {
            time.fault("a cancel request waits for ever");
          }
        });
  }

  /** From now on, all should be well again. */
  void trouble() {
    troubleAt = time.now();
  }

  /** A client was ended by the sidecar. */
  void ended(SimClient client, String why) {
    endings.merge(why, 1, Integer::sum);
    boolean keeps = // clients keep servers for as long as they like
        "session".equals(settings.get("pool_mode")) || own.pin() || replicating > 0;
    boolean waited = why.contains("query_wait_timeout");
    boolean replaced = why.contains("listens for this client has ended: database configuration");
    if (calm && !(waited && keeps) && !replaced) {
      time.fault(client.secret + " was ended in a calm run: " + why); // M3
    }
    boolean quiet =
        time.now() - troubleAt >= 10 * SimTime.SECONDS
            && database.silences == 0
            && database.mood == SimDatabase.Mood.WELL
            && !operator.holds();
    if (waited && !keeps && quiet) {
      time.fault(client.secret + " got no server though nothing was wrong"); // M5
    }
  }

  // ---- the operator, and misfortunes

  private void operate() {
    time.after(
        (1 + time.below(1_000)) * SimTime.MILLIS,
        () -> {
          if (!closing) {
            act();
            operate();
          }
        });
  }

  private void act() {
    int what = time.below(10);
    if (what < 5) {
      operator.act();
    } else if (!calm) {
      befall(what);
    }
  }

  private void befall(int what) {
    switch (what) {
      case 5 -> killClient();
      case 6, 7 -> mood();
      case 8 -> {
        if (!database.sessions.isEmpty()) {
          database.sessions.get(time.below(database.sessions.size())).endIdle();
        }
      }
      default -> strayCancel();
    }
  }

  private void killClient() {
    List<ClientConnection> all =
        core.clients.all().stream().filter(client -> client.pool != null).toList();
    if (!all.isEmpty() && time.chance(0.2)) {
      try {
        core.operations.killClient(all.get(time.below(all.size())).id);
      } catch (ConsoleException e) {
        throw new AssertionError(e);
      }
    }
  }

  private void mood() {
    database.mood = time.one(SimDatabase.Mood.values());
    time.say("servers are " + database.mood);
    time.after(time.below(4_000) * SimTime.MILLIS, this::calmDown);
  }

  private void calmDown() {
    database.mood = SimDatabase.Mood.WELL;
    trouble();
  }

  private void strayCancel() {
    if (!clients.isEmpty()) {
      cancel(clients.get(time.below(clients.size())));
    }
  }

  // ---- promises

  /** Whether a session is one for this client; empty, or why not. */
  private String isFor(SimSession session, String secret, @Nullable String last) {
    SimClient client = client(secret);
    if (!client.user.equals(session.user)) {
      return "who is " + client.user + ", and not " + session.user;
    }
    if (client.replicates != session.replicates) {
      return "replicating: " + client.replicates;
    }
    return session.replicates && last != null && !last.equals(secret)
        ? "after " + last + " has replicated with it"
        : "";
  }

  private void look() {
    Set<ServerConnection> lent = new HashSet<>();
    for (ClientConnection client : core.clients.all()) {
      ServerConnection server = client.server;
      if (server != null && !lent.add(server)) {
        time.fault(server + " is lent twice"); // M1
      }
    }
    for (ServerPool pool : core.pools.shared()) {
      if (!operator.holds() && machine.isSuspended(pool.servers)) {
        time.fault(pool.key + " lends nothing though nobody has ordered that"); // M6
      }
      int size = pool.servers.size();
      int before = sizes.getOrDefault(pool, 0);
      int reserve = reserves.computeIfAbsent(pool, made -> made.limits().reservePoolSize());
      int most = pool.limits().poolSize() + reserve;
      if (size > most && size > before) {
        time.fault(pool.key + " has " + size + " servers, allowed are " + most); // M2
      }
      sizes.put(pool, size);
    }
  }

  private void finish() {
    closing = true;
    database.mood = SimDatabase.Mood.WELL;
    time.runUntil(time.now() + 70 * SimTime.SECONDS);
    operator.leave();
    time.runUntil(time.now() + SimTime.SECONDS);
    for (ServerPool pool : core.pools.shared()) {
      demand(pool.servers.stats().active() == 0, pool.key + " has lent servers");
      demand(pool.servers.stats().waiting() == 0, pool.key + " has waiters");
    }
    demand(core.clients.size() == 0, core.clients.size() + " clients are left");
    time.spawn(
        () -> {
          core.pools.close("server shutting down");
          core.users.close("server shutting down");
        });
    time.runUntil(time.now() + 30 * SimTime.SECONDS);
    demand(database.sessions.isEmpty(), database.sessions.size() + " sessions are left");
    demand(core.statements.size() == 0, core.statements.size() + " statements are left");
    demand(time.blocked() == 0, time.blocked() + " strands wait for ever");
    long bytes = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    demand(bytes == 0, bytes + " bytes of buffers are left");
  }

  private void demand(boolean holds, String otherwise) {
    if (!holds && time.faults.isEmpty()) {
      time.fault(otherwise); // M4
    }
  }

  /** What to read about a run that failed. */
  String story() {
    int from = Long.getLong("sidecar.sim.seed") != null ? 0 : Math.max(0, time.trace.size() - 60);
    return "seed "
        + seed
        + (calm ? " (calm)" : "")
        + ":\n"
        + String.join("\n", time.trace.subList(from, time.trace.size()))
        + standing();
  }

  private String standing() {
    StringBuilder text = new StringBuilder();
    for (ClientConnection client : core.clients.all()) {
      ServerConnection server = client.server;
      text.append("\n").append(client).append(" is ").append(client.state);
      if (server != null) {
        text.append(", has ").append(server).append(", which owes ");
        text.append(server.outstanding.size())
            .append(" answers, ")
            .append(server.outstanding.status());
      }
    }
    for (ServerPool pool : core.pools.withListeners()) {
      text.append("\n").append(pool.key).append(": ").append(pool.servers.stats());
      pool.servers.forEachResource(
          (server, info) -> text.append("\n  ").append(server).append(' ').append(info));
    }
    return text.toString();
  }
}
