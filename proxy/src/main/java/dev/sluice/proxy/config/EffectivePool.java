package dev.sluice.proxy.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What counts for the clients and the servers of one database and one user: the one place that
 * knows whether the user's, the database's or the general setting wins. Zero means no limit, except
 * for {@link #serverLifetime}. Immutable; thread-safe.
 *
 * @param settings the general settings
 * @param database the database's entry
 * @param user the user's entry
 */
public record EffectivePool(Settings settings, DatabaseEntry database, UserEntry user) {

  /** Returns the pool mode: the user's, else the database's, else the general one. */
  public PoolMode poolMode() {
    return user.poolMode().or(database::poolMode).orElseGet(settings::poolMode);
  }

  /** Returns the server connections of the pool: the user's, else the database's, else general. */
  public int poolSize() {
    return first(user.poolSize(), database.poolSize(), settings.defaultPoolSize());
  }

  /** Returns the reserve of the pool: the user's, else the database's, else the general one. */
  public int reservePoolSize() {
    return first(user.reservePoolSize(), database.reservePoolSize(), settings.reservePoolSize());
  }

  /** Returns the server connections to keep open: the database's, else the general number. */
  public int minPoolSize() {
    return first(database.minPoolSize(), OptionalInt.empty(), settings.minPoolSize());
  }

  /** Returns the age limit of server connections: the database's unless zero, else general. */
  public Duration serverLifetime() {
    return unlessZero(database.serverLifetime(), settings.serverLifetime());
  }

  /** Returns how long a client may wait: the user's, else the database's, else the general time. */
  public Duration queryWaitTimeout() {
    return user.queryWaitTimeout()
        .or(database::queryWaitTimeout)
        .orElseGet(settings::queryWaitTimeout);
  }

  /** Returns how long a query may run: the user's unless zero, else the general time. */
  public Duration queryTimeout() {
    return unlessZero(user.queryTimeout(), settings.queryTimeout());
  }

  /** Returns how long a client may idle in a transaction: the user's unless zero, else general. */
  public Duration idleTransactionTimeout() {
    return unlessZero(user.idleTransactionTimeout(), settings.idleTransactionTimeout());
  }

  /** Returns how long a transaction may last: the user's unless zero, else the general time. */
  public Duration transactionTimeout() {
    return unlessZero(user.transactionTimeout(), settings.transactionTimeout());
  }

  /** Returns how long a client may be idle: the user's unless zero, else the general time. */
  public Duration clientIdleTimeout() {
    return unlessZero(user.clientIdleTimeout(), settings.clientIdleTimeout());
  }

  /** Returns the server connections of the database: its own limit unless zero, else general. */
  public int maxDbConnections() {
    return unlessZero(database.maxDbConnections(), settings.maxDbConnections());
  }

  /** Returns the clients of the database: its own limit unless zero, else the general one. */
  public int maxDbClientConnections() {
    return unlessZero(database.maxDbClientConnections(), settings.maxDbClientConnections());
  }

  /** Returns the server connections of the user: the user's limit unless zero, else general. */
  public int maxUserConnections() {
    return unlessZero(user.maxUserConnections(), settings.maxUserConnections());
  }

  /** Returns the clients of the user: the user's limit unless zero, else the general one. */
  public int maxUserClientConnections() {
    return unlessZero(user.maxUserClientConnections(), settings.maxUserClientConnections());
  }

  /** Returns the user that runs auth_query: the database's, else the general one. */
  public Optional<String> authUser() {
    return database.authUser().or(settings::authUser);
  }

  /** Returns the query for users' secrets: the database's, else the general one. */
  public Optional<String> authQuery() {
    return database.authQuery().or(settings::authQuery);
  }

  /** Returns the entry in whose database auth_query runs: the database's, else the general one. */
  public Optional<String> authDbname() {
    return database.authDbname().or(settings::authDbname);
  }

  private static int first(OptionalInt first, OptionalInt second, int last) {
    return first.isPresent() ? first.getAsInt() : second.orElse(last);
  }

  private static int unlessZero(OptionalInt own, int general) {
    int limit = own.orElse(0);
    return limit > 0 ? limit : general;
  }

  private static Duration unlessZero(Optional<Duration> own, Duration general) {
    return own.filter(limit -> !limit.isZero()).orElse(general);
  }
}
