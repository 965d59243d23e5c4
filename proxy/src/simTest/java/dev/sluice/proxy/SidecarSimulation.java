package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.proxy.config.ConfigException;
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
import java.util.Set;
import java.util.TreeMap;

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
 * </ul>
 */
final class SidecarSimulation {
  private static final long LONGEST = 900 * SimTime.SECONDS;

  final long seed;
  final SimTime time;
  final SimDatabase database;

  /** How likely a client vanishes instead of asking something. */
  final double vanishing;

  /** How often clients were ended, by what they were told. */
  final Map<String, Integer> endings = new TreeMap<>();

  final List<SimClient> clients = new ArrayList<>();

  private final boolean calm;
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final Map<String, String> settings = new TreeMap<>();
  private final TextConfig config;
  private final ProxyCore core;
  private final Sidecar sidecar;
  private final IdentityHashMap<ServerPool, Integer> sizes = new IdentityHashMap<>();

  /** The reserve counts as it was when the pool was made. */
  private final IdentityHashMap<ServerPool, Integer> reserves = new IdentityHashMap<>();

  private int expectedClients;
  private boolean closing;

  SidecarSimulation(long seed) throws ConfigException {
    this.seed = seed;
    this.time = new SimTime(seed);
    this.calm = time.chance(0.3);
    this.vanishing = calm ? 0 : time.one(0d, 0.01, 0.05);
    this.database =
        new SimDatabase(
            time, calm ? 0 : time.one(0d, 0.001, 0.01), calm ? 0 : time.one(0d, 0d, 0.001));
    settings.put("pool_mode", time.one("transaction", "transaction", "session", "statement"));
    settings.put("query_wait_timeout", "10");
    settings.put("query_timeout", "20");
    settings.put("server_connect_timeout", "3");
    settings.put("server_login_retry", "1");
    settings.put("client_login_timeout", "15");
    settings.put("cancel_wait_timeout", "5");
    settings.put("default_pool_size", String.valueOf(time.between(1, 5)));
    change();
    this.config = new TextConfig(ini(), "\"app\" \"\"\n\"web\" \"\"\n");
    SimMachine machine = new SimMachine(time, database, allocator, time.between(1, 3));
    SidecarLog log = new SidecarLog(new Lines());
    this.core = new ProxyCore(config.load(), OwnConfig.NONE, log, Transport.NIO, machine);
    this.sidecar = new Sidecar(core);
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

  /** Whether clients may begin transactions. */
  boolean transactions() {
    return !"statement".equals(settings.get("pool_mode"));
  }

  // ---- the configuration

  private void change() {
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
    text.append(
        "[pgbouncer]\nauth_type = trust\nauth_file = users.txt\nlisten_addr = 10.0.0.9\nunix_socket_dir =\n");
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
    int window = time.one(1, 200, 3_000);
    for (int i = 0; i < expectedClients; i++) {
      String secret = "secret" + i;
      time.after(time.below(window) * SimTime.MILLIS, () -> connect(secret));
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
    SimClient client = new SimClient(this, channel, secret, time.between(1, 40));
    if (!calm && time.chance(0.2)) {
      channel.slowness = time.one(1, 30) * SimTime.MILLIS;
    }
    clients.add(client);
    join(channel, client);
    client.begin(time.one("app", "app", "web"), time.one("db", "db", "other"));
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

  /** A client was ended by the sidecar. */
  void ended(SimClient client, String why) {
    endings.merge(why, 1, Integer::sum);
    boolean waited =
        why.contains("query_wait_timeout") && "session".equals(settings.get("pool_mode"));
    if (calm && !waited) {
      time.fault(client.secret + " was ended in a calm run: " + why);
    }
  }

  // ---- the operator, and misfortunes

  private void operate() {
    time.after(
        (1 + time.below(1_000)) * SimTime.MILLIS,
        () -> {
          if (!closing) {
            time.spawn(this::act);
            operate();
          }
        });
  }

  private void act() {
    switch (time.below(calm ? 4 : 9)) {
      case 0, 1 -> reload();
      case 2 -> core.operations.reconnect("");
      case 3 -> pause();
      case 4 -> kill();
      case 5, 6 -> mood();
      case 7 -> {
        if (!database.sessions.isEmpty()) {
          database.sessions.get(time.below(database.sessions.size())).endIdle();
        }
      }
      default -> strayCancel();
    }
  }

  private void reload() {
    change();
    time.say("reload " + settings);
    config.change(ini());
    try {
      core.configChange.reload();
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  private void pause() {
    try {
      core.operations.pause();
    } catch (ConsoleException e) {
      return; // it is paused already
    }
    time.say("pause");
    time.after(time.below(2_000) * SimTime.MILLIS, () -> time.spawn(this::resume));
  }

  private void resume() {
    try {
      core.operations.resume();
      time.say("resume");
    } catch (ConsoleException e) {
      throw new AssertionError(e);
    }
  }

  private void kill() {
    List<ClientConnection> all = new ArrayList<>(core.clients.all());
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
    time.after(time.below(4_000) * SimTime.MILLIS, () -> database.mood = SimDatabase.Mood.WELL);
  }

  private void strayCancel() {
    if (!clients.isEmpty()) {
      cancel(clients.get(time.below(clients.size())));
    }
  }

  // ---- promises

  private void look() {
    Set<ServerConnection> lent = new HashSet<>();
    for (ClientConnection client : core.clients.all()) {
      ServerConnection server = client.server;
      if (server != null && !lent.add(server)) {
        time.fault(server + " is lent twice"); // M1
      }
    }
    for (ServerPool pool : core.pools.shared()) {
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
    for (ServerPool pool : core.pools.shared()) {
      demand(pool.servers.stats().active() == 0, pool.key + " has lent servers");
      demand(pool.servers.stats().waiting() == 0, pool.key + " has waiters");
    }
    demand(core.clients.size() == 0, core.clients.size() + " clients are left");
    time.spawn(() -> core.pools.close("server shutting down"));
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
    for (ServerPool pool : core.pools.shared()) {
      text.append("\n").append(pool.key).append(": ").append(pool.servers.stats());
    }
    return text.toString();
  }
}
