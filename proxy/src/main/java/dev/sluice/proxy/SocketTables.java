package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The console's tables of connections: CLIENTS, SERVERS, SOCKETS, ACTIVE_SOCKETS. */
final class SocketTables {
  private static final int SOCKET_FIGURES = 7;

  private final ProxyCore core;

  SocketTables(ProxyCore core) {
    this.core = core;
  }

  ConsoleAnswer clients() {
    ConsoleRows rows = columns();
    sortedClients().forEach(client -> rows.row(client(client, state(client)).toArray()));
    return rows.answer();
  }

  ConsoleAnswer servers() {
    ConsoleRows rows = columns();
    servers(server -> rows.row(server(server, state(server)).toArray()));
    return rows.answer();
  }

  /**
   * Clients and servers with the figures of their sockets.
   *
   * @param active only those that do something
   */
  ConsoleAnswer sockets(boolean active) {
    ConsoleRows rows = columns();
    rows.int4("recv_pos", "pkt_pos", "pkt_remain", "send_pos", "send_remain", "pkt_avail");
    rows.int4("send_avail");
    for (ClientConnection client : sortedClients()) {
      if (!active || !state(client).equals("idle")) {
        rows.row(withFigures(client(client, "cl_" + socketState(client)), client.channel));
      }
    }
    servers(
        server -> {
          if (!active || !server.isIdle()) {
            rows.row(withFigures(server(server, "sv_" + state(server)), server.channel));
          }
        });
    return rows.answer();
  }

  private static ConsoleRows columns() {
    return new ConsoleRows()
        .text("type", "user", "database", "replication", "state", "addr")
        .int4("port")
        .text("local_addr")
        .int4("local_port")
        .text("connect_time", "request_time")
        .int4("wait", "wait_us", "close_needed")
        .text("ptr", "link")
        .int4("remote_pid")
        .text("tls", "application_name")
        .int4("prepared_statements")
        .int8("id");
  }

  private List<ClientConnection> sortedClients() {
    List<ClientConnection> clients = new ArrayList<>(core.clients.all());
    clients.removeIf(client -> client.state == ClientConnection.State.LOGIN);
    clients.sort(Comparator.comparingLong(client -> client.id));
    return clients;
  }

  private interface Look {
    void at(ServerConnection server);
  }

  private void servers(Look look) {
    for (ServerPool pool : core.pools.withListeners()) {
      pool.servers.forEachResource((server, info) -> look.at(server));
    }
  }

  private static String state(ClientConnection client) {
    return switch (client.state) {
      case WAITING -> "waiting";
      case IDLE -> "idle";
      default -> "active";
    };
  }

  /** For sockets, a client that owns no server is active too, as in PgBouncer. */
  private static String socketState(ClientConnection client) {
    return client.state == ClientConnection.State.WAITING ? "waiting" : "active";
  }

  private static String state(ServerConnection server) {
    return server.isIdle() ? "idle" : "active";
  }

  private static List<@Nullable Object> client(ClientConnection client, String state) {
    boolean waits = client.state == ClientConnection.State.WAITING;
    long micros = waits ? (client.core.clock.getAsLong() - client.requestedAt) / 1_000 : 0;
    ServerConnection link = client.server;
    List<@Nullable Object> row = new ArrayList<>();
    add(row, "C", client.user, client.database, client.replication.word(), state);
    add(row, client.origin.host(), client.origin.port(), client.local.host(), client.local.port());
    add(row, ConsoleRows.time(client.connectedAt), ConsoleRows.time(client.requestedAt));
    add(row, micros / 1_000_000, micros % 1_000_000, 0);
    add(row, pointer(client.id), link == null ? "" : pointer(link.id));
    add(row, client.origin.processId(), client.tls);
    add(row, text(client.parameters.get("application_name")), client.preparedStatements, client.id);
    return row;
  }

  private static List<@Nullable Object> server(ServerConnection server, String state) {
    ClientConnection link = server.owner() instanceof ClientSession user ? user.client : null;
    List<@Nullable Object> row = new ArrayList<>();
    Origin local = localOf(server);
    PoolKey key = server.pool.key;
    add(row, "S", key.user(), key.database(), server.pool.kind.replication().word(), state);
    add(row, server.origin.host(), server.origin.port(), local.host(), local.port());
    add(row, ConsoleRows.time(server.connectedAt), ConsoleRows.time(server.requestedAt));
    add(row, 0, 0, server.obsolete ? 1 : 0);
    add(row, pointer(server.id), link == null ? "" : pointer(link.id));
    add(row, server.remoteProcess, ServerTlsStart.describe(server.channel));
    String name = server.parameters.get("application_name");
    add(row, text(name), server.statements.size(), server.id);
    return row;
  }

  private static Origin localOf(ServerConnection server) {
    return server.channel.localAddress() instanceof java.net.InetSocketAddress inet
        ? Origin.tcp(inet.getAddress(), inet.getPort())
        : new Origin(null, server.origin.port(), 0, -1);
  }

  private static void add(List<@Nullable Object> row, Object... values) {
    row.addAll(List.of(values));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** Sockets have numbers here, where PgBouncer shows an address in its memory. */
  static String pointer(long id) {
    return "0x" + HexFormat.of().toHexDigits(id, 12);
  }

  /** What waits in the socket's buffers: only what is to be sent is known. */
  private static Object[] withFigures(
      List<@Nullable Object> row, io.netty.channel.Channel channel) {
    var buffer = channel.unsafe().outboundBuffer();
    long unsent = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    for (int i = 0; i < SOCKET_FIGURES; i++) {
      row.add(i == 4 ? unsent : 0); // send_remain
    }
    return row.toArray();
  }
}
