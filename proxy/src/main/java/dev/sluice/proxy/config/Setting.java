package dev.sluice.proxy.config;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the section {@code [pgbouncer]}, in the order of {@code SHOW CONFIG}: the one
 * table that parsing, checking, the console and the documentation read.
 */
public enum Setting {
  ADMIN_USERS(SettingType.LIST, "", Change.RELOAD, "Users who may run every console command."),
  APPLICATION_NAME_ADD_HOST(
      SettingType.FLAG,
      "0",
      Change.RELOAD,
      "Appends the client's host and port to application_name at login."),
  AUTH_DBNAME(
      SettingType.DATABASE,
      null,
      Change.RELOAD,
      "The entry of [databases] in which auth_query runs; unset: the client's own."),
  AUTH_FILE(SettingType.PATH, null, Change.RELOAD, "The file with the users and their secrets."),
  AUTH_HBA_FILE(
      SettingType.PATH, "", Change.RELOAD, "The file with the access rules for auth_type hba."),
  AUTH_IDENT_FILE(
      SettingType.PATH,
      null,
      Change.RELOAD,
      "The file with the user name maps that access rules name."),
  AUTH_LDAP_OPTIONS(
      SettingType.TEXT, null, Change.RELOAD, "Options of the LDAP server for auth_type ldap."),
  AUTH_QUERY(
      SettingType.TEXT,
      "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid WHERE rolname=$1 AND rolcanlogin",
      Change.RELOAD,
      "The query for the secret of a user that auth_file does not have."),
  AUTH_TYPE(SettingType.AUTH_TYPE, "md5", Change.RELOAD, "How clients prove who they are."),
  AUTH_USER(
      SettingType.TEXT,
      null,
      Change.RELOAD,
      "The user that runs auth_query; unset: auth_query is off."),
  AUTODB_IDLE_TIMEOUT(
      SettingType.SECONDS,
      "3600",
      Change.RELOAD,
      "How long a database that came from * may be unused before it is forgotten."),
  CANCEL_WAIT_TIMEOUT(
      SettingType.SECONDS, "10", Change.RELOAD, "How long a cancel request may take."),
  CLIENT_IDLE_TIMEOUT(SettingType.SECONDS, "0", Change.RELOAD, "How long a client may be idle."),
  CLIENT_LOGIN_TIMEOUT(
      SettingType.SECONDS, "60", Change.RELOAD, "How long a client may take to log in."),
  CLIENT_TLS13_CIPHERS(
      SettingType.TEXT, null, Change.RELOAD, "Cipher suites of TLS 1.3 for clients."),
  CLIENT_TLS_CA_FILE(
      SettingType.PATH, "", Change.RELOAD, "Certificates that sign clients' certificates."),
  CLIENT_TLS_CERT_FILE(SettingType.PATH, "", Change.RELOAD, "The certificate shown to clients."),
  CLIENT_TLS_CIPHERS(
      SettingType.TEXT,
      "default",
      Change.RELOAD,
      "Cipher suites up to TLS 1.2 for clients.",
      Effect.notYet("the JDK's cipher suites are used")),
  CLIENT_TLS_DHEPARAMS(
      SettingType.TEXT,
      "auto",
      Change.RELOAD,
      "Diffie-Hellman parameters for clients.",
      Effect.notApplicable("the JDK chooses the groups for key exchange")),
  CLIENT_TLS_ECDHCURVE(
      SettingType.TEXT,
      "auto",
      Change.RELOAD,
      "The elliptic curve for clients.",
      Effect.notYet("the JDK's curves are used")),
  CLIENT_TLS_KEY_FILE(
      SettingType.PATH, "", Change.RELOAD, "The private key of client_tls_cert_file."),
  CLIENT_TLS_PROTOCOLS(
      SettingType.TLS_PROTOCOLS, "secure", Change.RELOAD, "TLS versions offered to clients."),
  CLIENT_TLS_SSLMODE(
      SettingType.SSL_MODE, "disable", Change.RELOAD, "Whether clients may or must use TLS."),
  CONFFILE(
      SettingType.PATH, null, Change.RELOAD, "The configuration file that the next reload reads."),
  DEFAULT_POOL_SIZE(
      SettingType.SIZE,
      "20",
      Change.RELOAD,
      "Server connections per database and user; 0: no limit."),
  DISABLE_PQEXEC(SettingType.FLAG, "0", Change.START, "Refuses the simple query protocol."),
  DNS_MAX_TTL(
      SettingType.SECONDS, "15", Change.RELOAD, "How long a host's addresses are remembered."),
  DNS_NXDOMAIN_TTL(
      SettingType.SECONDS, "15", Change.RELOAD, "How long a failed lookup is remembered."),
  DNS_ZONE_CHECK_PERIOD(
      SettingType.SECONDS,
      "0",
      Change.RELOAD,
      "How often the serial numbers of zones are checked for changes; 0: never."),
  IDLE_TRANSACTION_TIMEOUT(
      SettingType.SECONDS, "0", Change.RELOAD, "How long a client may be idle in a transaction."),
  IGNORE_STARTUP_PARAMETERS(
      SettingType.LIST, "", Change.RELOAD, "Parameters of the startup packet that are dropped."),
  JOB_NAME(
      SettingType.TEXT,
      "pgbouncer",
      Change.START,
      "The name of the service on Windows.",
      Effect.notApplicable("it names a Windows service")),
  LISTEN_ADDR(
      SettingType.LIST,
      "",
      Change.START,
      "Addresses to listen on; * means all, empty means Unix sockets only."),
  LISTEN_BACKLOG(
      SettingType.COUNT,
      "128",
      Change.START,
      "Connections that the kernel may queue per listening socket."),
  LISTEN_PORT(
      SettingType.PORT,
      "6432",
      Change.START,
      "The port, for TCP and for the name of the Unix socket."),
  LOG_CONNECTIONS(SettingType.FLAG, "1", Change.RELOAD, "Logs logins."),
  LOG_DISCONNECTIONS(
      SettingType.FLAG, "1", Change.RELOAD, "Logs the end of connections with the reason."),
  LOG_POOLER_ERRORS(SettingType.FLAG, "1", Change.RELOAD, "Logs errors that are sent to clients."),
  LOG_STATS(SettingType.FLAG, "1", Change.RELOAD, "Logs statistics once per stats_period."),
  LOGFILE(SettingType.PATH, "", Change.RELOAD, "The log file."),
  LOGIN_NOTIFY_MESSAGE(
      SettingType.TEXT, "", Change.RELOAD, "A notice that each client receives at login."),
  MAX_CLIENT_CONN(SettingType.SIZE, "100", Change.RELOAD, "Clients at the same time."),
  MAX_DB_CLIENT_CONNECTIONS(
      SettingType.COUNT, "0", Change.RELOAD, "Clients per database; 0: no limit."),
  MAX_DB_CONNECTIONS(
      SettingType.COUNT, "0", Change.RELOAD, "Server connections per database; 0: no limit."),
  MAX_PACKET_SIZE(
      SettingType.UNSIGNED,
      "2147483647",
      Change.RELOAD,
      "The largest message that is let through, in bytes."),
  MAX_PREPARED_STATEMENTS(
      SettingType.COUNT,
      "200",
      Change.RELOAD,
      "Prepared statements kept per server connection; 0: not tracked."),
  MAX_USER_CLIENT_CONNECTIONS(
      SettingType.COUNT, "0", Change.RELOAD, "Clients per user; 0: no limit."),
  MAX_USER_CONNECTIONS(
      SettingType.COUNT, "0", Change.RELOAD, "Server connections per user; 0: no limit."),
  MIN_POOL_SIZE(
      SettingType.COUNT, "0", Change.RELOAD, "Server connections kept open per database and user."),
  PEER_ID(
      SettingType.PEER_ID,
      "0",
      Change.RELOAD,
      "This process's number among its peers; 0: no peers."),
  PIDFILE(SettingType.PATH, "", Change.START, "The file for the process id."),
  PKT_BUF(
      SettingType.COUNT,
      "4096",
      Change.START,
      "The size of a buffer, in bytes.",
      Effect.notApplicable("buffers take the size that they need")),
  POOL_MODE(
      SettingType.POOL_MODE,
      "session",
      Change.RELOAD,
      "When a server connection goes back to its pool."),
  POOL_IDLE_TIMEOUT(
      SettingType.SECONDS,
      "0",
      Change.RELOAD,
      "How long a pool may be empty before it is forgotten."),
  QUERY_TIMEOUT(SettingType.SECONDS, "0", Change.RELOAD, "How long a query may run."),
  QUERY_WAIT_NOTIFY(
      SettingType.WHOLE_SECONDS,
      "5",
      Change.RELOAD,
      "How long a client waits before it gets a notice that it waits."),
  QUERY_WAIT_TIMEOUT(
      SettingType.SECONDS,
      "120",
      Change.RELOAD,
      "How long a client may wait for a server connection."),
  RESERVE_POOL_SIZE(
      SettingType.COUNT,
      "0",
      Change.RELOAD,
      "Additional server connections per pool for clients that wait long."),
  RESERVE_POOL_TIMEOUT(
      SettingType.SECONDS,
      "5",
      Change.RELOAD,
      "How long a client waits before the reserve is used."),
  RESOLV_CONF(
      SettingType.PATH,
      "",
      Change.START,
      "The resolver's configuration file; empty: the operating system looks up names."),
  SBUF_LOOPCNT(
      SettingType.COUNT,
      "5",
      Change.RELOAD,
      "Reads per socket and turn.",
      Effect.notApplicable("Netty bounds what one socket may read in a turn")),
  SCRAM_ITERATIONS(
      SettingType.POSITIVE,
      "4096",
      Change.RELOAD,
      "Iterations of SCRAM secrets that are made from plain passwords."),
  SERVER_CHECK_DELAY(
      SettingType.SECONDS,
      "30",
      Change.RELOAD,
      "How long an idle server connection is used without a check."),
  SERVER_CHECK_QUERY(
      SettingType.TEXT,
      "<empty>",
      Change.RELOAD,
      "The query that checks an idle server connection; <empty> is the empty query."),
  SERVER_CONNECT_TIMEOUT(
      SettingType.SECONDS, "15", Change.RELOAD, "How long opening a server connection may take."),
  SERVER_FAST_CLOSE(
      SettingType.FLAG,
      "0",
      Change.RELOAD,
      "Closes outdated connections of session pools after their transaction."),
  SERVER_IDLE_TIMEOUT(
      SettingType.SECONDS, "600", Change.RELOAD, "How long a server connection may be idle."),
  SERVER_LIFETIME(
      SettingType.SECONDS,
      "3600",
      Change.RELOAD,
      "How old a server connection may become; 0: one use."),
  SERVER_LOGIN_RETRY(
      SettingType.SECONDS,
      "15",
      Change.RELOAD,
      "The pause after a failed attempt to open a server connection."),
  SERVER_RESET_QUERY(
      SettingType.TEXT,
      "DISCARD ALL",
      Change.RELOAD,
      "What is run when a client gives a server connection back in session mode."),
  SERVER_RESET_QUERY_ALWAYS(
      SettingType.FLAG, "0", Change.RELOAD, "Runs server_reset_query in all pool modes."),
  SERVER_ROUND_ROBIN(
      SettingType.FLAG,
      "0",
      Change.RELOAD,
      "Uses the server connection that was idle longest, not shortest."),
  SERVER_TLS13_CIPHERS(
      SettingType.TEXT, null, Change.RELOAD, "Cipher suites of TLS 1.3 to servers."),
  SERVER_TLS_CA_FILE(
      SettingType.PATH, "", Change.RELOAD, "Certificates that sign servers' certificates."),
  SERVER_TLS_CERT_FILE(SettingType.PATH, "", Change.RELOAD, "The certificate shown to servers."),
  SERVER_TLS_CIPHERS(
      SettingType.TEXT,
      "default",
      Change.RELOAD,
      "Cipher suites up to TLS 1.2 to servers.",
      Effect.notYet("the JDK's cipher suites are used")),
  SERVER_TLS_KEY_FILE(
      SettingType.PATH, "", Change.RELOAD, "The private key of server_tls_cert_file."),
  SERVER_TLS_PROTOCOLS(
      SettingType.TLS_PROTOCOLS, "secure", Change.RELOAD, "TLS versions used to servers."),
  SERVER_TLS_SSLMODE(
      SettingType.SSL_MODE, "prefer", Change.RELOAD, "Whether and how TLS to servers is used."),
  SO_REUSEPORT(SettingType.FLAG, "0", Change.START, "Several processes listen on one port."),
  STATS_PERIOD(SettingType.PERIOD, "60", Change.RELOAD, "The period of averages and of log_stats."),
  STATS_USERS(
      SettingType.LIST, "", Change.RELOAD, "Users who may run the console's SHOW commands."),
  SUSPEND_TIMEOUT(
      SettingType.SECONDS,
      "10",
      Change.RELOAD,
      "How long SUSPEND waits for buffers to be written.",
      Effect.notYet("SUSPEND waits without a limit")),
  SYSLOG(
      SettingType.FLAG,
      "0",
      Change.RELOAD,
      "Logs to syslog.",
      Effect.notYet("log to a file or to standard error")),
  SYSLOG_FACILITY(
      SettingType.TEXT,
      "daemon",
      Change.RELOAD,
      "The facility of syslog.",
      Effect.notYet("log to a file or to standard error")),
  SYSLOG_IDENT(
      SettingType.TEXT,
      "pgbouncer",
      Change.RELOAD,
      "The name in syslog.",
      Effect.notYet("log to a file or to standard error")),
  TCP_DEFER_ACCEPT(
      SettingType.FLAG,
      "1",
      Change.RELOAD,
      "Accepts a connection when its first bytes are there.",
      Effect.notYet("connections are accepted at once")),
  TCP_KEEPALIVE(SettingType.FLAG, "1", Change.RELOAD, "Lets the kernel probe idle connections."),
  TCP_KEEPCNT(
      SettingType.COUNT,
      "0",
      Change.RELOAD,
      "Unanswered probes before a connection counts as dead; 0: the kernel's default."),
  TCP_KEEPIDLE(
      SettingType.WHOLE_SECONDS,
      "0",
      Change.RELOAD,
      "Idle time before the first probe; 0: the kernel's default."),
  TCP_KEEPINTVL(
      SettingType.WHOLE_SECONDS,
      "0",
      Change.RELOAD,
      "Time between probes; 0: the kernel's default."),
  TCP_SOCKET_BUFFER(
      SettingType.COUNT,
      "0",
      Change.RELOAD,
      "The size of the kernel's socket buffers, in bytes; 0: the kernel's default."),
  TCP_USER_TIMEOUT(
      SettingType.MILLISECONDS,
      "0",
      Change.RELOAD,
      "How long sent data may stay unacknowledged; 0: the kernel's default."),
  TRACK_EXTRA_PARAMETERS(
      SettingType.LIST,
      "IntervalStyle",
      Change.START,
      "Session parameters to keep per client, beside the five that always are."),
  TRANSACTION_TIMEOUT(SettingType.SECONDS, "0", Change.RELOAD, "How long a transaction may last."),
  UNIX_SOCKET_DIR(
      SettingType.PATH,
      "/tmp",
      Change.START,
      "The directory of Unix sockets; @ begins an abstract name; empty: none."),
  UNIX_SOCKET_GROUP(SettingType.TEXT, "", Change.START, "The group of the Unix socket."),
  UNIX_SOCKET_MODE(SettingType.MODE, "0777", Change.START, "The permissions of the Unix socket."),
  USER(
      SettingType.TEXT,
      null,
      Change.START,
      "The system user to run as.",
      Effect.notApplicable("a JVM cannot change its user; start it as that user")),
  VERBOSE(SettingType.COUNT, null, Change.RELOAD, "How much more is logged, 0 to 3.");

  /** When a new value takes effect: at the next reload or SET, or at the next start. */
  private enum Change {
    RELOAD,
    START
  }

  private final String key;
  private final SettingType type;
  private final @Nullable String defaultText;
  private final Change change;
  private final String meaning;

  // A record of a constant and a text.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Effect effect;

  Setting(SettingType type, @Nullable String defaultText, Change change, String meaning) {
    this(type, defaultText, change, meaning, Effect.now());
  }

  Setting(
      SettingType type,
      @Nullable String defaultText,
      Change change,
      String meaning,
      Effect effect) {
    this.key = name().toLowerCase(Locale.ROOT);
    this.type = type;
    this.defaultText = defaultText;
    this.change = change;
    this.meaning = meaning;
    this.effect = effect;
  }

  /** Returns the setting with this key, in lower case as files have it. */
  public static Optional<Setting> of(String key) {
    for (Setting setting : values()) {
      if (setting.key.equals(key)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  /** Returns the key in files, in {@code SET} and in {@code SHOW CONFIG}. */
  public String key() {
    return key;
  }

  /** Returns the default as {@code SHOW CONFIG} shows it; empty if the setting is unset. */
  public Optional<String> defaultText() {
    return Optional.ofNullable(defaultText);
  }

  /**
   * Returns whether a reload or {@code SET} can change the setting; otherwise only a restart can.
   */
  public boolean changeable() {
    return change == Change.RELOAD;
  }

  /** Returns what the setting does, in one sentence for the documentation. */
  public String meaning() {
    return meaning;
  }

  /** Returns whether Sluice acts on the setting, and why if it does not. */
  public Effect effect() {
    return effect;
  }

  SettingType type() {
    return type;
  }

  @Nullable String defaultOrNull() {
    return defaultText;
  }
}
