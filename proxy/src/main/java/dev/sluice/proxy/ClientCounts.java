package dev.sluice.proxy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** How many clients have logged in, by database and by user, against their limits. Thread-safe. */
final class ClientCounts {
  private final ConcurrentMap<String, Integer> byDatabase = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Integer> byUser = new ConcurrentHashMap<>();

  /**
   * Counts a client in.
   *
   * @param mostOfDatabase clients of this database, 0 for no limit
   * @param mostOfUser clients of this user, 0 for no limit
   * @return the setting that forbids it, and then it is not counted; null if none does
   */
  @Nullable String enter(String database, int mostOfDatabase, String user, int mostOfUser) {
    if (!enter(byDatabase, database, mostOfDatabase)) {
      return "max_db_client_connections";
    }
    if (!enter(byUser, user, mostOfUser)) {
      leave(byDatabase, database);
      return "max_user_client_connections";
    }
    return null;
  }

  void leave(String database, String user) {
    leave(byDatabase, database);
    leave(byUser, user);
  }

  int ofDatabase(String database) {
    return byDatabase.getOrDefault(database, 0);
  }

  int ofUser(String user) {
    return byUser.getOrDefault(user, 0);
  }

  private static boolean enter(ConcurrentMap<String, Integer> counts, String name, int most) {
    int now = counts.merge(name, 1, Integer::sum);
    if (most == 0 || now <= most) {
      return true;
    }
    leave(counts, name);
    return false;
  }

  private static void leave(ConcurrentMap<String, Integer> counts, String name) {
    counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
  }
}
