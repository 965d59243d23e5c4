package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.Configs.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the values of settings mean, and which are refused. */
class ValueTest {
  private static Settings with(String line) throws ConfigException {
    return Configs.of("[pgbouncer]", line).settings();
  }

  @Test
  void listsAreWordsBetweenCommas() throws ConfigException {
    assertThat(with("admin_users = a, b ,,c").adminUsers()).containsExactly("a", "b", "c");
    assertThat(with("admin_users =").adminUsers()).isEmpty();
    assertThat(with("listen_addr = *").listenAddr()).containsExactly("*");
  }

  @Test
  void wordsAreInAnyCase() throws ConfigException {
    assertThat(with("pool_mode = Transaction").poolMode()).isEqualTo(PoolMode.TRANSACTION);
    assertThat(with("auth_type = SCRAM-SHA-256").authType()).isEqualTo(AuthType.SCRAM_SHA_256);
    assertThat(with("server_tls_sslmode = Verify-CA").serverTlsSslmode())
        .isEqualTo(SslMode.VERIFY_CA);
  }

  @Test
  void unitsAreInTypes() throws ConfigException {
    assertThat(with("query_timeout = 0.25").queryTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(with("tcp_user_timeout = 1500").tcpUserTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(with("tcp_keepidle = 30").tcpKeepidle()).isEqualTo(Duration.ofSeconds(30));
    assertThat(with("query_wait_notify = 3").queryWaitNotify()).isEqualTo(Duration.ofSeconds(3));
    assertThat(with("stats_period = 10").statsPeriod()).isEqualTo(Duration.ofSeconds(10));
    assertThat(with("max_packet_size = 4294967295").maxPacketSize()).isEqualTo(4_294_967_295L);
  }

  @Test
  void negativeLimitsMeanNoneAsInPgBouncer() throws ConfigException {
    Settings settings = with("max_db_connections = -1");

    assertThat(settings.maxDbConnections()).isZero();
    assertThat(settings.shown(Setting.MAX_DB_CONNECTIONS)).isEqualTo("-1");
  }

  @Test
  void everyNumberButZeroIsYes() throws ConfigException {
    assertThat(with("log_stats = 0").logStats()).isFalse();
    assertThat(with("log_stats = 2").logStats()).isTrue();
    assertThat(with("log_stats = -1").logStats()).isTrue();
  }

  @Test
  void theEmptyQueryIsNotTheMissingOne() throws ConfigException {
    assertThat(with("verbose = 0").serverCheckQuery()).contains("");
    assertThat(with("server_check_query = <empty>").serverCheckQuery()).contains("");
    assertThat(with("server_check_query =").serverCheckQuery()).isEmpty();
    assertThat(with("server_reset_query =").serverResetQuery()).isEmpty();
  }

  @Test
  void unsetPathsAreEmpty() throws ConfigException {
    assertThat(with("verbose = 0").unixSocketDir()).contains(Path.of("/tmp"));
    assertThat(with("unix_socket_dir =\nlisten_addr = *").unixSocketDir()).isEmpty();
    assertThat(with("unix_socket_dir = @sluice").unixSocketDir()).contains(Path.of("@sluice"));
    assertThat(with("pidfile =").pidfile()).isEmpty();
  }

  @Test
  void tlsVersionsHaveTheJdksNames() throws ConfigException {
    assertThat(with("verbose = 0").clientTlsProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(with("client_tls_protocols = tlsv1.2").clientTlsProtocols())
        .containsExactly("TLSv1.2");
    assertThat(with("client_tls_protocols = tlsv1.1,tlsv1.3").clientTlsProtocols())
        .containsExactly("TLSv1.3", "TLSv1.1");
    assertThat(with("server_tls_protocols = all:!tlsv1.0").serverTlsProtocols())
        .containsExactly("TLSv1.3", "TLSv1.2", "TLSv1.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "default_pool_size = -1        | a whole number from 0",
        "default_pool_size =           | a whole number from 0",
        "listen_port = 65536           | a whole number from 0 to 65535",
        "peer_id = 16384               | a whole number from 0 to 16383",
        "scram_iterations = 0          | a whole number from 1",
        "stats_period = 0              | a whole number from 1",
        "unix_socket_mode = 0888       | a whole number from 0 to 4095",
        "max_packet_size = -1          | a whole number from 0",
        "max_packet_size = 4294967296  | a whole number from 0",
        "log_connections = yes         | a whole number",
        "pool_mode = sesion            | one of session, transaction, statement",
        "auth_type = md-5              | one of any, trust, plain, md5, cert, hba, ldap, pam",
        "client_tls_sslmode = on       | one of disable, allow, prefer, require, verify-ca",
        "client_tls_protocols = sslv3  | secure, all, or a list of tlsv1.0, tlsv1.1, tlsv1.2",
        "client_tls_protocols =        | secure, all, or a list of tlsv1.0, tlsv1.1, tlsv1.2",
        "auth_dbname = pgbouncer       | an entry of [databases]; cannot use the reserved",
        "query_timeout = 5s            | seconds as a number, such as 5 or 0.5",
      })
  void aValueThatDoesNotFitIsRefusedWithWhatWould(String line, String wanted) {
    assertThat(problems("[pgbouncer]", line))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("pgbouncer.ini:2: " + line.replaceFirst(" =.*", " = \""))
                    .contains("\" must be " + wanted));
  }

  @Test
  void aSettingWithoutEffectIsNamedWithTheReason() throws ConfigException {
    ProxyConfig config =
        Configs.of("[pgbouncer]", "suspend_timeout = 30", "user = nobody", "pkt_buf = 8192");

    assertThat(config.warnings())
        .contains(
            "pgbouncer.ini:2: suspend_timeout has no effect yet: SUSPEND waits without a limit",
            "pgbouncer.ini:3: user has no effect here: a JVM cannot change its user; start it as"
                + " that user",
            "pgbouncer.ini:4: pkt_buf has no effect here: buffers take the size that they need");
  }

  @Test
  void aSettingWithoutEffectIsNotNamedWhenItIsOffOrAtItsDefault() throws ConfigException {
    ProxyConfig config =
        Configs.of("[pgbouncer]", "tcp_defer_accept = 0", "pkt_buf = 4096", "resolv_conf =");

    assertThat(config.warnings()).noneMatch(warning -> warning.contains("no effect"));
  }

  @Test
  void settingsMustFitTogether() {
    assertThat(
            problems(
                "[pgbouncer]",
                "unix_socket_dir =",
                "auth_type = pam",
                "client_tls_sslmode = require",
                "server_tls_key_file = k"))
        .containsExactly(
            "listen_addr: is empty and so is unix_socket_dir; set one of them",
            "auth_type: pam is not built in yet; use scram-sha-256, md5, plain, cert, ldap or hba",
            "client_tls_sslmode: require needs client_tls_cert_file and client_tls_key_file",
            "server_tls_cert_file: needs server_tls_key_file, and the reverse");
    assertThat(problems("[pgbouncer]", "auth_type = ldap"))
        .contains("auth_type: ldap needs auth_ldap_options");
    assertThat(problems("[pgbouncer]", "auth_type = ldap", "auth_ldap_options = ldapserver=a"))
        .contains("auth_ldap_options: needs ldapbasedn, ldapprefix or ldapsuffix");
  }
}
