package dev.sluice.jdbc;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of all connections, by the driver's connection, since hooks have nothing else when
 * one is being set up. Who closes a connection forgets its attributes. Those of one that was lost
 * or detached go when the garbage collector has found it. Thread-safe.
 */
final class AttributeStore {
  private static final ConcurrentHashMap<Key, ConcurrentHashMap<ConnectionAttribute<?>, Object>>
      ALL = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Connection> COLLECTED = new ReferenceQueue<>();

  /** A connection by identity, and weakly. */
  static final class Key extends WeakReference<Connection> {
    private final int hash;

    Key(Connection raw, @Nullable ReferenceQueue<Connection> queue) {
      super(raw, queue);
      this.hash = System.identityHashCode(raw);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // drivers may define equals in any way
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Connection raw = get();
      return raw != null && other instanceof Key key && key.get() == raw;
    }
  }

  private AttributeStore() {}

  /** The driver's connection behind what a borrower or a hook was given. */
  static Connection raw(Connection connection) throws SQLException {
    Connection ofHook = HookConnection.behind(connection);
    return ofHook != null ? ofHook : Ownership.lease(connection).raw();
  }

  static @Nullable Object get(Connection raw, ConnectionAttribute<?> attribute) {
    ConcurrentHashMap<ConnectionAttribute<?>, Object> own = ALL.get(new Key(raw, null));
    return own == null ? null : own.get(attribute);
  }

  static void set(Connection raw, ConnectionAttribute<?> attribute, Object value) {
    forgetCollected();
    ALL.computeIfAbsent(new Key(raw, COLLECTED), key -> new ConcurrentHashMap<>())
        .put(attribute, value);
  }

  static void remove(Connection raw, ConnectionAttribute<?> attribute) {
    ConcurrentHashMap<ConnectionAttribute<?>, Object> own = ALL.get(new Key(raw, null));
    if (own != null) {
      own.remove(attribute);
    }
  }

  /** The connection is being closed. */
  static void forget(Connection raw) {
    Claims.release(raw);
    if (!ALL.isEmpty()) {
      ALL.remove(new Key(raw, null));
      forgetCollected();
    }
  }

  private static void forgetCollected() {
    for (Reference<?> gone = COLLECTED.poll(); gone != null; gone = COLLECTED.poll()) {
      ALL.remove(gone);
    }
  }

  /** How many connections have attributes. */
  static int size() {
    return ALL.size();
  }
}
