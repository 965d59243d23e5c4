package dev.sluice.proxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of {@code [users]}. What the file does not set is empty; {@link EffectivePool} knows
 * what counts instead. Immutable; thread-safe.
 */
public final class UserEntry {
  private final String name;
  private final EntryValues values;

  UserEntry(String name, EntryValues values) {
    this.name = name;
    this.values = values;
  }

  /** Returns the user's name. */
  public String name() {
    return name;
  }

  /** Returns the server connections per database; 0: no limit. */
  public OptionalInt poolSize() {
    return values.limit(EntryKey.POOL_SIZE);
  }

  /** Returns the additional server connections for clients that wait long. */
  public OptionalInt reservePoolSize() {
    return values.limit(EntryKey.RESERVE_POOL_SIZE);
  }

  /** Returns the pool mode. */
  public Optional<PoolMode> poolMode() {
    return values.poolMode();
  }

  /** Returns the server connections to all databases; 0: the limit of all users counts. */
  public OptionalInt maxUserConnections() {
    return values.limit(EntryKey.MAX_USER_CONNECTIONS);
  }

  /** Returns the clients; 0: the limit of all users counts. */
  public OptionalInt maxUserClientConnections() {
    return values.limit(EntryKey.MAX_USER_CLIENT_CONNECTIONS);
  }

  /** Returns how long a query may run; zero: the limit of all users counts. */
  public Optional<Duration> queryTimeout() {
    return values.seconds(EntryKey.QUERY_TIMEOUT);
  }

  /** Returns how long a client may wait for a server connection; zero: no limit. */
  public Optional<Duration> queryWaitTimeout() {
    return values.seconds(EntryKey.QUERY_WAIT_TIMEOUT);
  }

  /**
   * Returns how long a client may be idle in a transaction; zero: the limit of all users counts.
   */
  public Optional<Duration> idleTransactionTimeout() {
    return values.seconds(EntryKey.IDLE_TRANSACTION_TIMEOUT);
  }

  /** Returns how long a transaction may last; zero: the limit of all users counts. */
  public Optional<Duration> transactionTimeout() {
    return values.seconds(EntryKey.TRANSACTION_TIMEOUT);
  }

  /** Returns how long a client may be idle; zero: the limit of all users counts. */
  public Optional<Duration> clientIdleTimeout() {
    return values.seconds(EntryKey.CLIENT_IDLE_TIMEOUT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UserEntry entry
        && name.equals(entry.name)
        && values.equals(entry.values);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + values.hashCode();
  }

  /** Shows the entry as the file has it. */
  @Override
  public String toString() {
    return name + " = " + values;
  }
}
