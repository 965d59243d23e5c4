package dev.sluice.proxy;

import org.jspecify.annotations.Nullable;

/**
 * A database and a user. Clients with the same key share servers.
 *
 * <p>The methods that a record gets for free are written here by hand. The JVM takes some 30 ms to
 * make the free ones at their first use, and the first client would wait for that.
 */
record PoolKey(String database, String user) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PoolKey key && database.equals(key.database) && user.equals(key.user);
  }

  @Override
  public int hashCode() {
    return 31 * database.hashCode() + user.hashCode();
  }

  @Override
  public String toString() {
    return database + "/" + user;
  }
}
