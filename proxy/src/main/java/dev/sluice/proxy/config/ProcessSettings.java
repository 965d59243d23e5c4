package dev.sluice.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/** The settings of the process: its sockets, TLS, name lookups and the log. */
abstract class ProcessSettings extends SettingValues {
  ProcessSettings(EnumMap<Setting, Object> values) {
    super(values);
  }

  /** Cipher suites of TLS 1.3 for clients. */
  public Optional<String> clientTls13Ciphers() {
    return text(Setting.CLIENT_TLS13_CIPHERS);
  }

  /** Certificates that sign clients' certificates. */
  public Optional<Path> clientTlsCaFile() {
    return path(Setting.CLIENT_TLS_CA_FILE);
  }

  /** The certificate shown to clients. */
  public Optional<Path> clientTlsCertFile() {
    return path(Setting.CLIENT_TLS_CERT_FILE);
  }

  /** Cipher suites up to TLS 1.2 for clients. */
  public Optional<String> clientTlsCiphers() {
    return text(Setting.CLIENT_TLS_CIPHERS);
  }

  /** Diffie-Hellman parameters for clients. */
  public Optional<String> clientTlsDheparams() {
    return text(Setting.CLIENT_TLS_DHEPARAMS);
  }

  /** The elliptic curve for clients. */
  public Optional<String> clientTlsEcdhcurve() {
    return text(Setting.CLIENT_TLS_ECDHCURVE);
  }

  /** The private key of client_tls_cert_file. */
  public Optional<Path> clientTlsKeyFile() {
    return path(Setting.CLIENT_TLS_KEY_FILE);
  }

  /** TLS versions offered to clients. */
  public List<String> clientTlsProtocols() {
    return tlsProtocols(Setting.CLIENT_TLS_PROTOCOLS);
  }

  /** Whether clients may or must use TLS. */
  public SslMode clientTlsSslmode() {
    return sslMode(Setting.CLIENT_TLS_SSLMODE);
  }

  /** The configuration file that the next reload reads. */
  public Optional<Path> conffile() {
    return path(Setting.CONFFILE);
  }

  /** How long a host's addresses are remembered; zero: no limit. */
  public Duration dnsMaxTtl() {
    return duration(Setting.DNS_MAX_TTL);
  }

  /** How long a failed lookup is remembered; zero: no limit. */
  public Duration dnsNxdomainTtl() {
    return duration(Setting.DNS_NXDOMAIN_TTL);
  }

  /** How often zones are checked for changes; zero: off. */
  public Duration dnsZoneCheckPeriod() {
    return duration(Setting.DNS_ZONE_CHECK_PERIOD);
  }

  /** The name of the service on Windows. */
  public Optional<String> jobName() {
    return text(Setting.JOB_NAME);
  }

  /** Addresses to listen on; {@code *} means all, empty means Unix sockets only. */
  public List<String> listenAddr() {
    return list(Setting.LISTEN_ADDR);
  }

  /** Connections that the kernel may queue per listening socket. */
  public int listenBacklog() {
    return number(Setting.LISTEN_BACKLOG);
  }

  /** The port, for TCP and for the name of the Unix socket. */
  public int listenPort() {
    return number(Setting.LISTEN_PORT);
  }

  /** Returns whether this is on: logs logins. */
  public boolean logConnections() {
    return flag(Setting.LOG_CONNECTIONS);
  }

  /** Returns whether this is on: logs the end of connections with the reason. */
  public boolean logDisconnections() {
    return flag(Setting.LOG_DISCONNECTIONS);
  }

  /** Returns whether this is on: logs errors that are sent to clients. */
  public boolean logPoolerErrors() {
    return flag(Setting.LOG_POOLER_ERRORS);
  }

  /** Returns whether this is on: logs statistics once per stats_period. */
  public boolean logStats() {
    return flag(Setting.LOG_STATS);
  }

  /** The log file. */
  public Optional<Path> logfile() {
    return path(Setting.LOGFILE);
  }

  /** A notice that each client receives at login. */
  public Optional<String> loginNotifyMessage() {
    return text(Setting.LOGIN_NOTIFY_MESSAGE);
  }

  /** The file for the process id. */
  public Optional<Path> pidfile() {
    return path(Setting.PIDFILE);
  }

  /** The size of a buffer, in bytes. */
  public int pktBuf() {
    return number(Setting.PKT_BUF);
  }

  /** The resolver's configuration file. */
  public Optional<Path> resolvConf() {
    return path(Setting.RESOLV_CONF);
  }

  /** Reads per socket and turn. */
  public int sbufLoopcnt() {
    return number(Setting.SBUF_LOOPCNT);
  }

  /** Cipher suites of TLS 1.3 to servers. */
  public Optional<String> serverTls13Ciphers() {
    return text(Setting.SERVER_TLS13_CIPHERS);
  }

  /** Certificates that sign servers' certificates. */
  public Optional<Path> serverTlsCaFile() {
    return path(Setting.SERVER_TLS_CA_FILE);
  }

  /** The certificate shown to servers. */
  public Optional<Path> serverTlsCertFile() {
    return path(Setting.SERVER_TLS_CERT_FILE);
  }

  /** Cipher suites up to TLS 1.2 to servers. */
  public Optional<String> serverTlsCiphers() {
    return text(Setting.SERVER_TLS_CIPHERS);
  }

  /** The private key of server_tls_cert_file. */
  public Optional<Path> serverTlsKeyFile() {
    return path(Setting.SERVER_TLS_KEY_FILE);
  }

  /** TLS versions used to servers. */
  public List<String> serverTlsProtocols() {
    return tlsProtocols(Setting.SERVER_TLS_PROTOCOLS);
  }

  /** Whether and how TLS to servers is used. */
  public SslMode serverTlsSslmode() {
    return sslMode(Setting.SERVER_TLS_SSLMODE);
  }

  /** Returns whether this is on: several processes listen on one port. */
  public boolean soReuseport() {
    return flag(Setting.SO_REUSEPORT);
  }

  /** The period of averages and of log_stats. */
  public Duration statsPeriod() {
    return duration(Setting.STATS_PERIOD);
  }

  /** Returns whether this is on: logs to syslog. */
  public boolean syslog() {
    return flag(Setting.SYSLOG);
  }

  /** The facility of syslog. */
  public Optional<String> syslogFacility() {
    return text(Setting.SYSLOG_FACILITY);
  }

  /** The name in syslog. */
  public Optional<String> syslogIdent() {
    return text(Setting.SYSLOG_IDENT);
  }

  /** Returns whether this is on: accepts a connection when its first bytes are there. */
  public boolean tcpDeferAccept() {
    return flag(Setting.TCP_DEFER_ACCEPT);
  }

  /** Returns whether this is on: lets the kernel probe idle connections. */
  public boolean tcpKeepalive() {
    return flag(Setting.TCP_KEEPALIVE);
  }

  /** Unanswered probes before a connection counts as dead; 0: the kernel's default. */
  public int tcpKeepcnt() {
    return number(Setting.TCP_KEEPCNT);
  }

  /** Idle time before the first probe; 0: the kernel's default. */
  public Duration tcpKeepidle() {
    return duration(Setting.TCP_KEEPIDLE);
  }

  /** Time between probes; 0: the kernel's default. */
  public Duration tcpKeepintvl() {
    return duration(Setting.TCP_KEEPINTVL);
  }

  /** The size of the kernel's socket buffers, in bytes; 0: the kernel's default. */
  public int tcpSocketBuffer() {
    return number(Setting.TCP_SOCKET_BUFFER);
  }

  /** How long sent data may stay unacknowledged; 0: the kernel's default. */
  public Duration tcpUserTimeout() {
    return duration(Setting.TCP_USER_TIMEOUT);
  }

  /** The directory of Unix sockets; @ begins an abstract name; empty: none. */
  public Optional<Path> unixSocketDir() {
    return path(Setting.UNIX_SOCKET_DIR);
  }

  /** The group of the Unix socket. */
  public Optional<String> unixSocketGroup() {
    return text(Setting.UNIX_SOCKET_GROUP);
  }

  /** The permissions of the Unix socket. */
  public int unixSocketMode() {
    return number(Setting.UNIX_SOCKET_MODE);
  }

  /** The system user to run as. */
  public Optional<String> user() {
    return text(Setting.USER);
  }

  /** How much more is logged, 0 to 3. */
  public int verbose() {
    return number(Setting.VERBOSE);
  }
}
