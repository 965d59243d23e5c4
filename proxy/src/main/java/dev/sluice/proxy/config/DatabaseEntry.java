package dev.sluice.proxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of {@code [databases]}. What the file does not set is empty; {@link EffectivePool} knows
 * what counts instead. Immutable; thread-safe.
 */
public final class DatabaseEntry {
  /** The name of the entry for databases without one of their own. */
  public static final String FALLBACK = "*";

  static final int DEFAULT_PORT = 5432;

  private final String name;
  private final EntryValues values;

  DatabaseEntry(String name, EntryValues values) {
    this.name = name;
    this.values = values;
  }

  /** Returns the entry for a database of this name, from the entry {@code *}. */
  public DatabaseEntry forDatabase(String database) {
    return new DatabaseEntry(database, values);
  }

  /** Returns the name under which clients ask for the database. */
  public String name() {
    return name;
  }

  /** Returns the database at the server; unset, it has the client's name for it. */
  public Optional<String> dbname() {
    return values.text(EntryKey.DBNAME);
  }

  /** Returns the database at the server. */
  public String serverDatabase() {
    return dbname().orElse(name);
  }

  /**
   * Returns the hosts: names, addresses, directories of Unix sockets (with a leading slash) or
   * abstract sockets (with a leading {@code @}); empty: the Unix socket in {@code unix_socket_dir}.
   */
  public List<String> hosts() {
    List<String> hosts = new ArrayList<>();
    for (String host : values.text(EntryKey.HOST).orElse("").split(",", -1)) {
      if (!host.isBlank()) {
        hosts.add(host.strip());
      }
    }
    return List.copyOf(hosts);
  }

  /** Returns the hosts as the file has them. */
  public Optional<String> host() {
    return values.text(EntryKey.HOST);
  }

  /** Returns the port of the servers; 5432 if the file names none. */
  public int port() {
    return values.limit(EntryKey.PORT).orElse(DEFAULT_PORT);
  }

  /** Returns the user for all server connections; unset: the client's. */
  public Optional<String> user() {
    return values.text(EntryKey.USER);
  }

  /** Returns the password of {@link #user}. */
  public Optional<Secret> password() {
    return values.secret(EntryKey.PASSWORD);
  }

  /** Returns the user that runs auth_query. */
  public Optional<String> authUser() {
    return values.text(EntryKey.AUTH_USER);
  }

  /** Returns the query for users' secrets. */
  public Optional<String> authQuery() {
    return values.text(EntryKey.AUTH_QUERY);
  }

  /** Returns the entry in whose database auth_query runs. */
  public Optional<String> authDbname() {
    return values.text(EntryKey.AUTH_DBNAME);
  }

  /** Returns the server connections per user; 0: no limit. */
  public OptionalInt poolSize() {
    return values.limit(EntryKey.POOL_SIZE);
  }

  /** Returns the server connections that are kept open. */
  public OptionalInt minPoolSize() {
    return values.limit(EntryKey.MIN_POOL_SIZE);
  }

  /** Returns the additional server connections for clients that wait long. */
  public OptionalInt reservePoolSize() {
    return values.limit(EntryKey.RESERVE_POOL_SIZE);
  }

  /** Returns the query that runs on each new server connection. */
  public Optional<String> connectQuery() {
    return values.text(EntryKey.CONNECT_QUERY);
  }

  /** Returns the pool mode. */
  public Optional<PoolMode> poolMode() {
    return values.poolMode();
  }

  /** Returns how long a client may wait for a server connection; zero: no limit. */
  public Optional<Duration> queryWaitTimeout() {
    return values.seconds(EntryKey.QUERY_WAIT_TIMEOUT);
  }

  /** Returns which of several hosts a new connection goes to; unset: each in its turn. */
  public Optional<LoadBalanceHosts> loadBalanceHosts() {
    return values.loadBalanceHosts();
  }

  /** Returns the server connections of all users; 0: the limit of all databases counts. */
  public OptionalInt maxDbConnections() {
    return values.limit(EntryKey.MAX_DB_CONNECTIONS);
  }

  /** Returns the clients of all users; 0: the limit of all databases counts. */
  public OptionalInt maxDbClientConnections() {
    return values.limit(EntryKey.MAX_DB_CLIENT_CONNECTIONS);
  }

  /** Returns how old a server connection may become; zero: the limit of all databases counts. */
  public Optional<Duration> serverLifetime() {
    return values.seconds(EntryKey.SERVER_LIFETIME);
  }

  /** Returns the encoding that server connections start with. */
  public Optional<String> clientEncoding() {
    return values.text(EntryKey.CLIENT_ENCODING);
  }

  /** Returns the date style that server connections start with. */
  public Optional<String> datestyle() {
    return values.text(EntryKey.DATESTYLE);
  }

  /** Returns the time zone that server connections start with. */
  public Optional<String> timezone() {
    return values.text(EntryKey.TIMEZONE);
  }

  /** Returns the application name that server connections start with. */
  public Optional<String> applicationName() {
    return values.text(EntryKey.APPLICATION_NAME);
  }

  /**
   * Returns whether server connections that were opened for one of the entries are good for the
   * other: with the same servers, database, user and connect query. A reload replaces the others.
   */
  public boolean connectsLike(DatabaseEntry other) {
    return serverDatabase().equals(other.serverDatabase())
        && hosts().equals(other.hosts())
        && port() == other.port()
        && user().equals(other.user())
        && connectQuery().equals(other.connectQuery())
        && authDbname().equals(other.authDbname())
        && authQuery().equals(other.authQuery())
        && loadBalanceHosts().equals(other.loadBalanceHosts());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatabaseEntry entry
        && name.equals(entry.name)
        && values.equals(entry.values);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + values.hashCode();
  }

  /** Shows the entry as the file has it, with {@code ***} for the password. */
  @Override
  public String toString() {
    return name + " = " + values;
  }
}
