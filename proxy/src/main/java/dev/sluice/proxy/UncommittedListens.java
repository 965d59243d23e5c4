package dev.sluice.proxy;

import dev.sluice.pgwire.SqlCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction has done about channels and is not committed yet, with the savepoints to which
 * it may go back. A command counts from the moment when it is sent. One that PostgreSQL refuses,
 * because the transaction has failed, is undone by what must come next: the end, or an older
 * savepoint.
 */
final class UncommittedListens {
  /**
   * Savepoints of one name, one set after the other, with nothing in between.
   *
   * @param commands how many commands came before
   */
  private record Savepoint(String name, int commands, int count) {}

  private final List<SqlCommand> commands = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();

  Iterable<SqlCommand> commands() {
    return commands;
  }

  void add(SqlCommand command) {
    commands.add(command);
  }

  void clear() {
    commands.clear();
    savepoints.clear();
  }

  void savepoint(String name) {
    int top = savepoints.size() - 1;
    Savepoint last = top < 0 ? null : savepoints.get(top);
    if (last != null && last.name.equals(name) && last.commands == commands.size()) {
      savepoints.set(top, new Savepoint(name, last.commands, last.count + 1));
    } else {
      savepoints.add(new Savepoint(name, commands.size(), 1));
    }
  }

  /** Forgets the newest savepoint of this name, and those set after it. */
  void release(String name) {
    int at = find(name);
    if (at >= 0) {
      Savepoint newest = savepoints.get(at);
      savepoints.subList(at, savepoints.size()).clear();
      if (newest.count > 1) {
        savepoints.add(new Savepoint(name, newest.commands, newest.count - 1));
      }
    }
  }

  /** Undoes what came after the newest savepoint of this name, which stays. */
  void rollBackTo(String name) {
    int at = find(name);
    if (at >= 0) {
      savepoints.subList(at + 1, savepoints.size()).clear();
      commands.subList(savepoints.get(at).commands, commands.size()).clear();
    }
  }

  private int find(String name) {
    for (int i = savepoints.size() - 1; i >= 0; i--) {
      if (savepoints.get(i).name.equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
