package dev.sluice.jdbc;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.sql.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The driver's connections that pools of this JVM have, so that none is adopted that one has
 * already. One that was lost goes when the garbage collector has found it. Thread-safe.
 */
final class Claims {
  private static final Set<AttributeStore.Key> ALL = ConcurrentHashMap.newKeySet();
  private static final ReferenceQueue<Connection> COLLECTED = new ReferenceQueue<>();

  private Claims() {}

  /** Notes that a pool has the connection; false if one has it already. */
  static boolean claim(Connection raw) {
    for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
      ALL.remove(gone);
    }
    return ALL.add(new AttributeStore.Key(raw, COLLECTED));
  }

  /** The connection is being closed, or leaves its pool. */
  static void release(Connection raw) {
    ALL.remove(new AttributeStore.Key(raw, null));
  }
}
