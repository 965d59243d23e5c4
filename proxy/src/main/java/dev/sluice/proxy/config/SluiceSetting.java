package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.List;

/** The keys of {@code sluice.toml}: what the engine has and PgBouncer lacks. */
enum SluiceSetting {
  METRICS_ADDRESS(
      "metrics_address",
      "off",
      Counts.AT_START,
      "Serves /metrics, /healthz and /readyz over HTTP at \"HOST:PORT\"; a port alone means"
          + " 127.0.0.1. --metrics-address wins."),
  OVERLOAD_TARGET(
      "overload.target",
      "off",
      Counts.FOR_NEW_POOLS,
      "A wait for a server that is always acceptable, in seconds. If the shortest wait of a whole"
          + " interval was longer, clients that have waited twice as long are refused until the"
          + " queue is short again."),
  OVERLOAD_INTERVAL("overload.interval", "2", Counts.FOR_NEW_POOLS, "That interval, in seconds."),
  OVERLOAD_MAX_WAITING(
      "overload.max_waiting",
      "0",
      Counts.FOR_NEW_POOLS,
      "Clients that may wait in one pool; one more is refused at once; 0: no limit."),
  REPORT_TRANSACTION(
      "report.transaction",
      "0",
      Counts.AT_RELOAD,
      "Logs a warning that names the client when a transaction or a query lasts longer, in seconds;"
          + " once per transaction; 0: off."),
  REPORT_IDLE_TRANSACTION(
      "report.idle_transaction",
      "0",
      Counts.AT_RELOAD,
      "The same when a client holds a transaction open and does nothing, in seconds: a leak of the"
          + " application; 0: off."),
  SQL_PREPARE(
      "transaction_mode.sql_prepare",
      "false",
      Counts.FOR_NEW_CLIENTS,
      "Whether a client's statements of SQL's own PREPARE, in simple queries, follow it from server"
          + " to server. Needs max_prepared_statements."),
  LISTEN(
      "transaction_mode.listen",
      "false",
      Counts.FOR_NEW_CLIENTS,
      "Whether clients may LISTEN: one server more for each pool whose clients listen brings the"
          + " notifications. If it ends, these clients are closed with an error."),
  PIN(
      "transaction_mode.pin",
      "false",
      Counts.FOR_NEW_CLIENTS,
      "Whether a server stays with a client that has left something in the session: a setting that"
          + " is not tracked, a temporary table, an advisory lock, a cursor WITH HOLD."),
  PRIORITY(
      "users.NAME.priority",
      "0",
      Counts.AT_RELOAD,
      "From 0 to 3: which waiting clients of one pool are served first. A client gains one for each"
          + " second that it waits. It matters where users share a pool, as with a forced user."),
  SHEDDABLE(
      "users.NAME.sheddable",
      "true",
      Counts.AT_RELOAD,
      "Whether overload control may refuse the user's clients.");

  /** From when on a new value counts. */
  enum Counts {
    AT_START("at the start"),
    FOR_NEW_CLIENTS("for clients that log in afterwards"),
    FOR_NEW_POOLS("for pools whose first client logs in afterwards"),
    AT_RELOAD("at once");

    private final String text;

    Counts(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private final String key;
  private final String defaultText;
  private final Counts counts;
  private final String meaning;

  SluiceSetting(String key, String defaultText, Counts counts, String meaning) {
    this.key = key;
    this.defaultText = defaultText;
    this.counts = counts;
    this.meaning = meaning;
  }

  /** Returns the key with the names of its tables, as {@code table.key}. */
  String key() {
    return key;
  }

  String defaultText() {
    return defaultText;
  }

  Counts counts() {
    return counts;
  }

  String meaning() {
    return meaning;
  }

  /** Returns the keys of a table; of the file itself for an empty name. */
  static List<String> keysOf(String table) {
    List<String> keys = new ArrayList<>();
    for (SluiceSetting setting : values()) {
      int dot = setting.key.lastIndexOf('.');
      String of = dot < 0 ? "" : setting.key.substring(0, dot);
      if (of.equals(table)) {
        keys.add(setting.key.substring(dot + 1));
      }
    }
    return keys;
  }
}
