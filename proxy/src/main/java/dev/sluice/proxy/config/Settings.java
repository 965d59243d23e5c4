package dev.sluice.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of the section {@code [pgbouncer]}, each with its type. A duration of zero means off,
 * or no limit. Immutable; thread-safe.
 */
public final class Settings extends ProcessSettings {
  Settings(EnumMap<Setting, Object> values) {
    super(values);
  }

  /** Returns the value as {@code SHOW CONFIG} shows it; null if it is unset and has no default. */
  public @Nullable String shown(Setting setting) {
    return show(setting);
  }

  /** Users who may run every console command. */
  public List<String> adminUsers() {
    return list(Setting.ADMIN_USERS);
  }

  /**
   * Returns whether this is on: appends the client's host and port to application_name at login.
   */
  public boolean applicationNameAddHost() {
    return flag(Setting.APPLICATION_NAME_ADD_HOST);
  }

  /** The entry of [databases] in which auth_query runs; unset: the client's own. */
  public Optional<String> authDbname() {
    return text(Setting.AUTH_DBNAME);
  }

  /** The file with the users and their secrets. */
  public Optional<Path> authFile() {
    return path(Setting.AUTH_FILE);
  }

  /** The file with the access rules for auth_type hba. */
  public Optional<Path> authHbaFile() {
    return path(Setting.AUTH_HBA_FILE);
  }

  /** The file with the user name maps that access rules name. */
  public Optional<Path> authIdentFile() {
    return path(Setting.AUTH_IDENT_FILE);
  }

  /** Options of the LDAP server for auth_type ldap. */
  public Optional<String> authLdapOptions() {
    return text(Setting.AUTH_LDAP_OPTIONS);
  }

  /** The query for the secret of a user that auth_file does not have. */
  public Optional<String> authQuery() {
    return text(Setting.AUTH_QUERY);
  }

  /** How clients prove who they are. */
  public AuthType authType() {
    return authType(Setting.AUTH_TYPE);
  }

  /** The user that runs auth_query; unset: auth_query is off. */
  public Optional<String> authUser() {
    return text(Setting.AUTH_USER);
  }

  /**
   * How long a database that came from {@code *} may be unused before it is forgotten; zero: no
   * limit.
   */
  public Duration autodbIdleTimeout() {
    return duration(Setting.AUTODB_IDLE_TIMEOUT);
  }

  /** How long a cancel request may wait to be forwarded; zero: no limit. */
  public Duration cancelWaitTimeout() {
    return duration(Setting.CANCEL_WAIT_TIMEOUT);
  }

  /** How long a client may be idle; zero: no limit. */
  public Duration clientIdleTimeout() {
    return duration(Setting.CLIENT_IDLE_TIMEOUT);
  }

  /** How long a client may take to log in; zero: no limit. */
  public Duration clientLoginTimeout() {
    return duration(Setting.CLIENT_LOGIN_TIMEOUT);
  }

  /** Server connections per database and user; 0: no limit. */
  public int defaultPoolSize() {
    return number(Setting.DEFAULT_POOL_SIZE);
  }

  /** Returns whether this is on: refuses the simple query protocol. */
  public boolean disablePqexec() {
    return flag(Setting.DISABLE_PQEXEC);
  }

  /** How long a client may be idle in a transaction; zero: no limit. */
  public Duration idleTransactionTimeout() {
    return duration(Setting.IDLE_TRANSACTION_TIMEOUT);
  }

  /** Parameters of the startup packet that are dropped. */
  public List<String> ignoreStartupParameters() {
    return list(Setting.IGNORE_STARTUP_PARAMETERS);
  }

  /** Clients at the same time. */
  public int maxClientConn() {
    return number(Setting.MAX_CLIENT_CONN);
  }

  /** Clients per database; 0: no limit. */
  public int maxDbClientConnections() {
    return number(Setting.MAX_DB_CLIENT_CONNECTIONS);
  }

  /** Server connections per database; 0: no limit. */
  public int maxDbConnections() {
    return number(Setting.MAX_DB_CONNECTIONS);
  }

  /** The largest message that is let through, in bytes. */
  public long maxPacketSize() {
    return unsigned(Setting.MAX_PACKET_SIZE);
  }

  /** Prepared statements kept per server connection; 0: not tracked. */
  public int maxPreparedStatements() {
    return number(Setting.MAX_PREPARED_STATEMENTS);
  }

  /** Clients per user; 0: no limit. */
  public int maxUserClientConnections() {
    return number(Setting.MAX_USER_CLIENT_CONNECTIONS);
  }

  /** Server connections per user; 0: no limit. */
  public int maxUserConnections() {
    return number(Setting.MAX_USER_CONNECTIONS);
  }

  /** Server connections kept open per database and user. */
  public int minPoolSize() {
    return number(Setting.MIN_POOL_SIZE);
  }

  /** This process's number among its peers; 0: no peers. */
  public int peerId() {
    return number(Setting.PEER_ID);
  }

  /** When a server connection goes back to its pool. */
  public PoolMode poolMode() {
    return poolMode(Setting.POOL_MODE);
  }

  /** How long a pool may be empty before it is forgotten; zero: no limit. */
  public Duration poolIdleTimeout() {
    return duration(Setting.POOL_IDLE_TIMEOUT);
  }

  /** How long a query may run; zero: no limit. */
  public Duration queryTimeout() {
    return duration(Setting.QUERY_TIMEOUT);
  }

  /** How long a client waits before it gets a notice that it waits; zero: none. */
  public Duration queryWaitNotify() {
    return duration(Setting.QUERY_WAIT_NOTIFY);
  }

  /** How long a client may wait for a server connection; zero: no limit. */
  public Duration queryWaitTimeout() {
    return duration(Setting.QUERY_WAIT_TIMEOUT);
  }

  /** Additional server connections per pool for clients that wait long. */
  public int reservePoolSize() {
    return number(Setting.RESERVE_POOL_SIZE);
  }

  /** How long a client waits before the reserve is used. */
  public Duration reservePoolTimeout() {
    return duration(Setting.RESERVE_POOL_TIMEOUT);
  }

  /** Iterations of SCRAM secrets that are made from plain passwords. */
  public int scramIterations() {
    return number(Setting.SCRAM_ITERATIONS);
  }

  /** How long an idle server connection is used without a check; zero: no limit. */
  public Duration serverCheckDelay() {
    return duration(Setting.SERVER_CHECK_DELAY);
  }

  /**
   * The query that checks an idle server connection. The empty text is PostgreSQL's empty query
   * ({@code <empty>} in the file); an empty Optional switches the check off.
   */
  public Optional<String> serverCheckQuery() {
    return text(Setting.SERVER_CHECK_QUERY).map(query -> query.equals("<empty>") ? "" : query);
  }

  /** How long opening a server connection may take; zero: no limit. */
  public Duration serverConnectTimeout() {
    return duration(Setting.SERVER_CONNECT_TIMEOUT);
  }

  /**
   * Returns whether this is on: closes outdated connections of session pools after their
   * transaction.
   */
  public boolean serverFastClose() {
    return flag(Setting.SERVER_FAST_CLOSE);
  }

  /** How long a server connection may be idle; zero: no limit. */
  public Duration serverIdleTimeout() {
    return duration(Setting.SERVER_IDLE_TIMEOUT);
  }

  /** How old a server connection may become; 0: one use. */
  public Duration serverLifetime() {
    return duration(Setting.SERVER_LIFETIME);
  }

  /** The pause after a failed attempt to open a server connection; zero: off. */
  public Duration serverLoginRetry() {
    return duration(Setting.SERVER_LOGIN_RETRY);
  }

  /** What is run when a client gives a server connection back in session mode. */
  public Optional<String> serverResetQuery() {
    return text(Setting.SERVER_RESET_QUERY);
  }

  /** Returns whether this is on: runs server_reset_query in all pool modes. */
  public boolean serverResetQueryAlways() {
    return flag(Setting.SERVER_RESET_QUERY_ALWAYS);
  }

  /** Returns whether this is on: uses the server connection that was idle longest, not shortest. */
  public boolean serverRoundRobin() {
    return flag(Setting.SERVER_ROUND_ROBIN);
  }

  /** Users who may run the console's SHOW commands. */
  public List<String> statsUsers() {
    return list(Setting.STATS_USERS);
  }

  /** How long SUSPEND waits for buffers to be written; zero: no limit. */
  public Duration suspendTimeout() {
    return duration(Setting.SUSPEND_TIMEOUT);
  }

  /** Session parameters to keep per client, beside the five that always are. */
  public List<String> trackExtraParameters() {
    return list(Setting.TRACK_EXTRA_PARAMETERS);
  }

  /** How long a transaction may last; zero: no limit. */
  public Duration transactionTimeout() {
    return duration(Setting.TRANSACTION_TIMEOUT);
  }
}
