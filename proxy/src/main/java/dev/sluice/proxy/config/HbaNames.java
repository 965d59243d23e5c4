package dev.sluice.proxy.config;

import java.util.HashSet;
import java.util.Set;

/** The databases, or the users, that a rule is for. */
final class HbaNames {
  private final Set<String> names = new HashSet<>();
  private boolean all;
  private boolean sameUser;
  private boolean replication;

  void add(String name) {
    names.add(name);
  }

  void addAll() {
    all = true;
  }

  void addSameUser() {
    sameUser = true;
  }

  void addReplication() {
    replication = true;
  }

  boolean matches(String name, String user) {
    return all || (sameUser && name.equals(user)) || names.contains(name);
  }

  /** Physical replication has no database: only the keyword matches it. */
  boolean matchesReplication() {
    return replication;
  }
}
