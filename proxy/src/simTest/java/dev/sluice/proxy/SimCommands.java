package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.List;

/** SQL commands that a client of a simulation chooses by chance, as {@link SimSql} knows them. */
final class SimCommands {
  /**
   * What clients may do, since the pooler keeps it for them.
   *
   * @param prepares SQL's PREPARE
   * @param shares whether its names are those of the protocol too
   * @param listens LISTEN
   * @param leaves session state that binds a client to its server
   */
  record Allowed(
      boolean transactions, boolean prepares, boolean shares, boolean listens, boolean leaves) {}

  private static final int KINDS = 4;

  private final SimTime time;
  private final String secret;
  private final Allowed allowed;
  private final SimNotices notices;
  private int tags;

  SimCommands(SimTime time, String secret, Allowed allowed, SimNotices notices) {
    this.time = time;
    this.secret = secret;
    this.allowed = allowed;
    this.notices = notices;
  }

  /**
   * Commands for one query; those of prepared statements only if the protocol is the simple one.
   */
  List<String> some(boolean inTransaction, boolean simple) {
    int count = time.chance(0.3) ? time.between(2, 3) : 1;
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      commands.add(one(inTransaction, simple));
    }
    return count == 1 && simple && !inTransaction && time.chance(0.05)
        ? List.of(allowed.prepares ? "DISCARD ALL" : "SHOW TimeZone")
        : commands;
  }

  private String one(boolean inTransaction, boolean simple) {
    if (inTransaction && time.chance(0.2)) {
      return time.one("SAVEPOINT ", "ROLLBACK TO ", "RELEASE ") + time.one("a", "b");
    }
    for (int i = 0; i < KINDS; i++) {
      switch (time.below(KINDS)) {
        case 0 -> {
          if (allowed.prepares && simple) {
            return ofStatements();
          }
        }
        case 1 -> {
          if (allowed.listens) {
            return ofChannels();
          }
        }
        case 2 -> {
          if (allowed.leaves) {
            return ofSession();
          }
        }
        default -> {
          return ofTracked();
        }
      }
    }
    return ofTracked();
  }

  private String statement() {
    return (allowed.shares ? "s" : "q") + time.below(SimScript.NAMES);
  }

  private String ofStatements() {
    return switch (time.below(8)) {
      case 0, 1 -> "PREPARE " + statement() + " AS " + definition();
      case 2 -> "DEALLOCATE " + (time.chance(0.1) ? "ALL" : statement());
      default ->
          "EXECUTE " + statement() + "('" + secret + " x" + tags++ + " " + time.below(3) + "')";
    };
  }

  private String definition() {
    String command = time.one("ECHO", "ECHO", "ECHO", "FAIL", "BAD");
    return time.chance(0.5) ? command + "/" + time.below(3) : command + "/of " + secret;
  }

  private String ofChannels() {
    String channel = time.one("news", "mail");
    return switch (time.below(6)) {
      case 0, 1 -> {
        notices.asks(secret, channel);
        yield "LISTEN " + channel;
      }
      case 2 -> "UNLISTEN " + (time.chance(0.3) ? "*" : channel);
      default -> "NOTIFY " + channel + ", '" + secret + "-" + tags++ + "'";
    };
  }

  private String ofSession() {
    return switch (time.below(14)) {
      case 0 -> "SET work_mem = '" + secret + "-" + tags++ + "'";
      case 1 -> time.one("RESET work_mem", "RESET ALL");
      case 2 -> "CREATE TEMP TABLE t" + time.below(3);
      case 3 -> "DISCARD TEMP";
      case 4 -> "DECLARE c" + time.below(2) + " CURSOR WITH HOLD FOR SELECT";
      case 5, 6 -> "CLOSE c" + time.below(2);
      case 7 -> "SELECT pg_advisory_lock(" + time.below(2) + ")";
      case 8 -> "SELECT pg_advisory_unlock(" + time.below(2) + ")";
      case 9 -> "SELECT pg_advisory_unlock_all()";
      default -> "SELECT state()";
    };
  }

  private String ofTracked() {
    return switch (time.below(4)) {
      case 0 -> "SET application_name = '" + secret + "-" + tags++ + "'";
      case 1 -> "SET TimeZone = '" + time.one("UTC", "Asia/Tokyo", "Europe/Paris") + "'";
      case 2 -> "SHOW application_name";
      default -> "SHOW TimeZone";
    };
  }
}
