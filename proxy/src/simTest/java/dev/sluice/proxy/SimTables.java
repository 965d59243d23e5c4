package dev.sluice.proxy;

import dev.sluice.proxy.SimAdmin.Answer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Whether the tables of a simulated console agree with what clients and servers know: a figure lies
 * between what was there all the while, and what was there at some time.
 */
final class SimTables {
  /** For messages that are under way. */
  private static final long UNDER_WAY = 40 * SimTime.MILLIS;

  private static final Set<String> OTHERS =
      new TreeSet<>(
          Set.of(
              "CONFIG",
              "USERS",
              "LISTS",
              "SOCKETS",
              "ACTIVE_SOCKETS",
              "STATS",
              "STATS_AVERAGES",
              "TOTALS",
              "MEM",
              "STATE",
              "VERSION",
              "DNS_HOSTS",
              "DNS_ZONES",
              "PEERS",
              "SLUICE"));

  private final SidecarSimulation run;
  private final SimTime time;
  private final Map<String, Long> totals = new TreeMap<>();

  SimTables(SidecarSimulation run) {
    this.run = run;
    this.time = run.time;
  }

  /** The next one to ask for. */
  String next() {
    String table =
        time.one("POOLS", "POOLS", "CLIENTS", "SERVERS", "DATABASES", "STATS_TOTALS", "others");
    return table.equals("others")
        ? OTHERS.stream().skip(time.below(OTHERS.size())).findFirst().orElseThrow()
        : table;
  }

  /** Looks at a table that was asked for at that time. */
  void look(String asked, long askedAt, Answer answer) {
    long since = askedAt - UNDER_WAY;
    if (!answer.tag().equals("SHOW")) {
      time.fault("the console answers SHOW by " + answer.tag() + answer.error());
    }
    switch (asked) {
      case "POOLS" -> {
        int clients = 0;
        int servers = 0;
        for (Map<String, String> row : answer.rows()) {
          if (!row.get("database").equals("pgbouncer")) {
            clients += sum(row, "cl_active", "cl_waiting");
            servers += sum(row, "sv_active", "sv_idle", "sv_used", "sv_tested");
          }
        }
        clients(since, clients, asked);
        servers(since, servers, true, asked, answer.rows());
      }
      case "CLIENTS" -> {
        long clients =
            answer.rows().stream()
                .filter(row -> !row.get("database").equals("pgbouncer"))
                .filter(row -> !row.get("state").equals("login"))
                .count();
        clients(since, (int) clients, asked);
      }
      case "SERVERS" -> servers(since, answer.rows().size(), false, asked, answer.rows());
      case "DATABASES" -> {
        for (Map<String, String> row : answer.rows()) {
          if (!row.get("name").equals("pgbouncer")) {
            run.operator.look(row);
          }
        }
      }
      case "STATS_TOTALS" -> answer.rows().forEach(this::grows);
      default -> {}
    }
  }

  private static int sum(Map<String, String> row, String... columns) {
    int sum = 0;
    for (String column : columns) {
      sum += Integer.parseInt(row.get(column));
    }
    return sum;
  }

  private void clients(long since, int shown, String table) {
    List<SimClient> all = List.copyOf(run.clients);
    long most = all.stream().filter(client -> client.wasThere(since)).count();
    if (shown > most) {
      time.fault(table + " shows " + shown + " clients, where at most " + most + " were");
    }
    later(shown, table + " shows so many clients", () -> count(all, since));
  }

  private static long count(List<SimClient> clients, long since) {
    return clients.stream().filter(client -> client.isThere(since)).count();
  }

  private void servers(long since, int shown, boolean opening, String table, Object rows) {
    long most = run.database.everyone.stream().filter(each -> each.wasThere(since)).count();
    int listeners = opening ? 4 : 0; // one for each pool counts as soon as it is opened
    if (shown > most + listeners) {
      time.fault(table + " shows " + shown + " servers, where at most " + most + " were: " + rows);
    }
    later(
        shown,
        table + " shows so many servers",
        () ->
            run.database.sessions.stream()
                .filter(each -> each.wasIn(since))
                .filter(each -> !opening || !each.user.equals(SimAccounts.ASKER))
                .count());
  }

  /** Somebody whose end is under way still seems to be there, so this looks a little later. */
  private void later(int shown, String what, LongSupplier least) {
    time.after(
        UNDER_WAY,
        () -> {
          if (shown < least.getAsLong()) {
            time.fault(what + ": " + shown + ", where at least " + least.getAsLong() + " are");
          }
        });
  }

  private void grows(Map<String, String> row) {
    row.forEach(
        (column, value) -> {
          if (!column.equals("database")) {
            String name = row.get("database") + "." + column;
            long now = Long.parseLong(value);
            Long before = totals.put(name, now);
            if (before != null && now < before) {
              time.fault(name + " fell from " + before + " to " + now);
            }
          }
        });
  }
}
