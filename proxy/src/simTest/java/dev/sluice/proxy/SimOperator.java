package dev.sluice.proxy;

import dev.sluice.proxy.SimAdmin.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An operator at the console, who holds it to its word:
 *
 * <ul>
 *   <li>O1: from the answer to PAUSE or KILL until RESUME, no server begins anything for a client
 *       of these databases. From the answer to SUSPEND on, no server goes from one client to
 *       another.
 *   <li>O2: KILL ends the clients that there are.
 *   <li>O3: nobody who comes after the answer to DISABLE gets in before ENABLE.
 *   <li>O4: when WAIT_CLOSE answers, the servers that RECONNECT found are gone.
 *   <li>O5: what SHOW counts lies between what was there all the while, and what was there at some
 *       time; see {@link SimTables}.
 *   <li>O6: each command is answered, as PgBouncer would.
 * </ul>
 */
final class SimOperator {
  /** For messages that are under way when connections are closed. */
  private static final long UNDER_WAY = 5 * SimTime.MILLIS;

  private static final long LAST_WORDS = 15 * SimTime.SECONDS;
  private static final String ALL = "";

  private enum Hold {
    PAUSE,
    KILL,
    SUSPEND
  }

  private final SidecarSimulation run;
  private final SimTime time;
  private final boolean calm;
  private final List<SimAdmin> admins = new ArrayList<>();
  private final SimTables tables;
  private final Set<String> disabled = new TreeSet<>();

  /** What was ordered, and not yet taken back. */
  private @Nullable Hold hold;

  private String holdOf = ALL;

  /** Counts what is ordered and taken back. */
  private long order;

  /** From when on it is in force; the end of time before its answer. */
  private long holdFrom = Long.MAX_VALUE;

  SimOperator(SidecarSimulation run, boolean calm) {
    this.run = run;
    this.time = run.time;
    this.calm = calm;
    this.tables = new SimTables(run);
    run.database.begins = this::begins;
  }

  /** Whether a client that comes now must be refused. */
  boolean isDisabled(String database) {
    return disabled.contains(database);
  }

  /** Whether it holds clients back. */
  boolean holds() {
    return hold != null;
  }

  // ---- the consoles

  private @Nullable SimAdmin free() {
    for (SimAdmin admin : admins) {
      if (admin.isFree()) {
        return admin;
      }
    }
    return null;
  }

  private void ask(String command, Consumer<Answer> then) {
    SimAdmin known = free();
    if (known != null) {
      known.ask(command, then);
      return;
    }
    SimAdmin[] made = new SimAdmin[1];
    made[0] = run.console(() -> made[0].ask(command, then));
    admins.add(made[0]);
  }

  private void ask(String command) {
    ask(command, answer -> succeeded(command, answer));
  }

  private void succeeded(String command, Answer answer) {
    String verb = command.split(" ", 2)[0];
    if (!answer.error().isEmpty() || !answer.tag().equals(verb)) {
      time.fault("the console answers " + command + " by " + answer.tag() + answer.error());
    }
  }

  /** All is taken back by now; the operator leaves. */
  void leave() {
    admins.forEach(SimAdmin::leave);
  }

  // ---- what it orders

  void act() {
    switch (time.below(calm ? 10 : 14)) {
      case 0, 1, 2 -> {
        run.change();
        ask("RELOAD");
      }
      case 3 -> ask("RECONNECT" + database());
      case 4 -> reconnect();
      case 5, 6 -> hold(Hold.PAUSE, 2_000);
      case 7, 8 -> {
        String table = tables.next();
        long now = time.now();
        ask("SHOW " + table, answer -> tables.look(table, now, answer));
      }
      case 9 -> wrong();
      case 10 -> hold(Hold.PAUSE, 15_000);
      case 11 -> hold(Hold.KILL, 3_000);
      case 12 -> hold(Hold.SUSPEND, 3_000);
      default -> disable();
    }
  }

  private String database() {
    return time.one("", " db", " other");
  }

  private void wrong() {
    String command =
        time.one("RESUME nowhere", "PAUSE nowhere", "DISABLE", "KILL_CLIENT x", "HELLO", "SHOW x");
    ask(
        command,
        answer -> {
          if (answer.error().isEmpty()) {
            time.fault("the console takes " + command);
          }
        });
  }

  private void hold(Hold what, int longest) {
    if (hold != null) {
      return;
    }
    hold = what;
    long mine = ++order;
    holdOf = what == Hold.SUSPEND ? ALL : database().strip();
    String command = (what + " " + holdOf).strip();
    List<SimClient> there = what == Hold.KILL ? clients(holdOf) : List.of();
    ask(
        command,
        answer -> {
          succeeded(command, answer);
          if (order == mine) { // else it was taken back before it was done
            holdFrom = time.now() + (what == Hold.PAUSE ? 0 : UNDER_WAY);
          }
          there.forEach(SimClient::killed);
          time.after(LAST_WORDS, () -> over(there));
        });
    time.after(time.between(5, longest) * SimTime.MILLIS, () -> release(what));
  }

  private void release(Hold what) {
    if (what != Hold.PAUSE && holdFrom == Long.MAX_VALUE) { // the order is under way
      time.after(SimTime.MILLIS, () -> release(what));
      return;
    }
    String command = ("RESUME " + holdOf).strip();
    holdFrom = Long.MAX_VALUE;
    order++;
    ask(
        command,
        answer -> {
          succeeded(command, answer);
          hold = null;
          holdOf = ALL;
          run.trouble();
        });
  }

  private List<SimClient> clients(String database) {
    return run.clients.stream()
        .filter(client -> client.isIn() && !client.isOver() && isOf(database, client))
        .toList();
  }

  private static boolean isOf(String database, SimClient client) {
    return database.isEmpty() || database.equals(client.database);
  }

  private void over(List<SimClient> killed) {
    for (SimClient client : killed) {
      if (!client.isOver()) {
        time.fault(client.secret + " outlives KILL"); // O2
      }
    }
  }

  private void disable() {
    String name = time.one("db", "other");
    if (disabled.contains(name)) {
      return;
    }
    ask(
        "DISABLE " + name,
        answer -> {
          succeeded("DISABLE", answer);
          disabled.add(name);
          time.after(
              time.below(3_000) * SimTime.MILLIS,
              () -> {
                disabled.remove(name);
                ask("ENABLE " + name);
              });
        });
  }

  private void reconnect() {
    long before = time.now() - 2 * UNDER_WAY;
    ask(
        "RECONNECT",
        answer -> {
          succeeded("RECONNECT", answer);
          List<SimSession> old =
              run.database.sessions.stream().filter(each -> each.wasIn(before)).toList();
          ask(
              "WAIT_CLOSE",
              done -> {
                succeeded("WAIT_CLOSE", done);
                time.after(10 * UNDER_WAY, () -> closed(old));
              });
        });
  }

  private void closed(List<SimSession> old) {
    for (SimSession session : old) {
      if (!session.isGone()) {
        time.fault("server " + session.process + " outlives RECONNECT and WAIT_CLOSE"); // O4
      }
    }
  }

  // ---- what it promises

  private void begins(SimSession session, String secret, @Nullable String last) {
    if (time.now() < holdFrom || !isOf(holdOf, run.client(secret))) {
      return;
    }
    if (hold != Hold.SUSPEND || (last != null && !secret.equals(last))) {
      time.fault(
          "server " + session.process + " begins something of " + secret + " despite " + hold);
    }
  }

  /** Looks at the tables of databases. */
  void look(Map<String, String> row) {
    boolean held = hold != null && (holdOf.isEmpty() || holdOf.equals(row.get("name")));
    boolean shown = row.get("paused").equals("1");
    if (held ? !shown && time.now() >= holdFrom + UNDER_WAY : shown) {
      time.fault("the console shows " + row + " while " + hold + " " + holdOf);
    }
  }
}
