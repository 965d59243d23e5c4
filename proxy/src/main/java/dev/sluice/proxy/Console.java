package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ConfigRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The commands of the console, and who may use them. Thread-safe; no method blocks. */
final class Console {
  private static final String HELP =
      """

      \tSHOW HELP|CONFIG|DATABASES|POOLS|CLIENTS|SERVERS|USERS|VERSION
      \tSHOW PEERS|PEER_POOLS
      \tSHOW FDS|SOCKETS|ACTIVE_SOCKETS|LISTS|MEM|STATE
      \tSHOW DNS_HOSTS|DNS_ZONES
      \tSHOW STATS|STATS_TOTALS|STATS_AVERAGES|TOTALS
      \tSET key = arg
      \tRELOAD
      \tPAUSE [<db>]
      \tRESUME [<db>]
      \tDISABLE <db>
      \tENABLE <db>
      \tRECONNECT [<db>]
      \tKILL [<db>]
      \tKILL_CLIENT <client_id>
      \tSUSPEND
      \tSHUTDOWN
      \tSHUTDOWN WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS
      \tWAIT_CLOSE [<db>]""";

  /** What drivers ask of every server, and what they are told. */
  private static final Map<String, String> SESSION_SETTINGS =
      Map.of(
          "client_encoding", "UTF-8",
          "default_transaction_isolation", "read committed",
          "standard_conforming_strings", "on",
          "datestyle", "ISO",
          "timezone", "GMT",
          "application_name", "",
          "extra_float_digits", "3");

  private final ProxyCore core;
  private final Operations operations;
  private final SocketTables sockets;
  private final PoolTables pools;
  private final StatsTables stats;

  Console(ProxyCore core) {
    this.core = core;
    this.operations = core.operations;
    this.sockets = new SocketTables(core);
    this.pools = new PoolTables(core, operations);
    this.stats = new StatsTables(core.stats);
  }

  /** Whether it only looks: such a command is answered at once, and may be repeated. */
  static boolean isShow(ConsoleCommand command) {
    return command.verb().equals("SHOW") || command.verb().equals("SELECT");
  }

  /**
   * Answers a command that only looks.
   *
   * @throws ConsoleException if it is refused
   */
  ConsoleAnswer show(ConsoleCommand command, ConsoleRight right) throws ConsoleException {
    String what = command.arguments().isEmpty() ? "" : command.arguments().get(0);
    String name = what.toLowerCase(Locale.ROOT);
    String value = SESSION_SETTINGS.get(name);
    if (value != null) {
      ConsoleRows rows = new ConsoleRows().text(name);
      rows.row(value);
      return rows.answer();
    }
    command.argument(); // at most one
    ConsoleAnswer answer = table(name, right);
    if (answer == null) {
      throw unknown(command);
    }
    return answer;
  }

  private @Nullable ConsoleAnswer table(String name, ConsoleRight right) throws ConsoleException {
    return switch (name) {
      case "version" -> version();
      case "help" -> help();
      case "state" -> state();
      case "config" -> config(core.config().rows());
      case "sluice" -> config(core.own.settings().rows());
      case "databases" -> pools.databases();
      case "pools" -> pools.pools();
      case "users" -> pools.users();
      case "lists" -> pools.lists();
      case "clients" -> sockets.clients();
      case "servers" -> sockets.servers();
      case "sockets" -> sockets.sockets(false);
      case "active_sockets" -> sockets.sockets(true);
      case "stats" -> stats.stats();
      case "stats_totals" -> stats.totalsOnly();
      case "stats_averages" -> stats.averagesOnly();
      case "totals" -> stats.totals();
      case "fds" -> throw descriptors(right);
      default -> rare(name);
    };
  }

  private @Nullable ConsoleAnswer rare(String name) {
    ConsoleRows rows = new ConsoleRows();
    switch (name) {
      case "mem" -> rows.text("name").int4("size", "used", "free", "memtotal");
      case "dns_hosts" -> {
        rows.text("hostname").int8("ttl").text("addrs");
        core.hosts.hosts().forEach(h -> rows.row(h.name(), h.secondsLeft(), h.addresses()));
      }
      case "dns_zones" -> {
        rows.text("zonename").int8("serial").int4("count");
        core.hosts.zoneTable().forEach(z -> rows.row(z.name(), z.serial(), z.hosts()));
      }
      case "peer_pools" ->
          rows.int4("peer_id", "cl_active_cancel_req", "cl_waiting_cancel_req", "sv_active_cancel")
              .int4("sv_login");
      case "peers" -> peers(rows);
      default -> {
        return null;
      }
    }
    return rows.answer();
  }

  private void peers(ConsoleRows rows) {
    rows.int4("peer_id").text("host").int4("port", "pool_size");
    int general = core.config().settings().defaultPoolSize();
    core.config()
        .peers()
        .values()
        .forEach(
            peer -> rows.row(peer.id(), peer.host(), peer.port(), peer.poolSize().orElse(general)));
  }

  private static ConsoleException descriptors(ConsoleRight right) {
    return new ConsoleException(
        right == ConsoleRight.ADMIN
            ? "SHOW FDS is not supported: a JVM cannot hand over its sockets"
            : "admin access needed");
  }

  private static ConsoleAnswer version() {
    ConsoleRows rows = new ConsoleRows().text("version");
    rows.row(SidecarVersion.line());
    return rows.answer();
  }

  private static ConsoleAnswer help() {
    ErrorFields notice = ErrorFields.of("NOTICE", "00000", "Console usage").withDetail(HELP);
    return ConsoleAnswer.notice(notice, ConsoleAnswer.SHOW);
  }

  private ConsoleAnswer state() {
    ConsoleRows rows = new ConsoleRows().text("key", "value");
    for (Operations.Lending each : Operations.Lending.values()) {
      String name = each.name().toLowerCase(Locale.ROOT);
      rows.row(name, operations.lending() == each ? "yes" : "no");
    }
    return rows.answer();
  }

  private static ConsoleAnswer config(List<ConfigRow> settings) {
    ConsoleRows rows = new ConsoleRows().text("key", "value", "default", "changeable");
    for (ConfigRow row : settings) {
      rows.row(row.key(), row.value(), row.defaultValue(), row.changeable() ? "yes" : "no");
    }
    return rows.answer();
  }

  private static ConsoleException unknown(ConsoleCommand command) {
    return new ConsoleException("invalid command '" + command.text() + "', use SHOW HELP;");
  }

  // ---- commands that change something

  /**
   * Carries out a command that changes something. The future completes when it has been carried
   * out, and exceptionally with {@link ConsoleException} if it was refused later on.
   *
   * @throws ConsoleException if it is refused
   */
  CompletableFuture<ConsoleAnswer> control(ConsoleCommand command, ConsoleRight right)
      throws ConsoleException {
    boolean ofSession = command.verb().equals("SET") && isSessionSetting(command);
    if (ofSession) {
      ErrorFields ignored = ErrorFields.of("NOTICE", "00000", "SET ignored");
      return CompletableFuture.completedFuture(ConsoleAnswer.notice(ignored, "SET"));
    }
    ConsoleControl control = ConsoleControl.of(command.verb());
    if (control == null) {
      throw unknown(command);
    }
    if (right != ConsoleRight.ADMIN) {
      throw new ConsoleException("admin access needed");
    }
    core.log.log("console: " + command.text());
    return control.run(core, command);
  }

  private static boolean isSessionSetting(ConsoleCommand command) throws ConsoleException {
    return !command.arguments().isEmpty()
        && SESSION_SETTINGS.containsKey(command.assignment().key());
  }

  /** What a configuration that cannot be used is called. */
  static ConsoleException reloadFailed() {
    return new ConsoleException(
        ConsoleException.CONFIG_FILE_ERROR, "RELOAD failed, see logs for additional details");
  }

  /** What a setting that cannot be set is called. */
  static ConsoleException setFailed(ConfigException cause) {
    return new ConsoleException("SET failed: " + cause.getMessage());
  }
}
