package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.Configs.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The entries of [databases], [users] and [peers]. */
class EntryTest {
  private static DatabaseEntry database(String text) throws ConfigException {
    return Configs.of("[pgbouncer]", "[databases]", "d = " + text).database("d").orElseThrow();
  }

  @Test
  void anEmptyEntryHasOnlyDefaults() throws ConfigException {
    DatabaseEntry entry = database("");

    assertThat(entry.serverDatabase()).isEqualTo("d");
    assertThat(entry.hosts()).isEmpty();
    assertThat(entry.port()).isEqualTo(5432);
    assertThat(entry.user()).isEmpty();
    assertThat(entry.poolSize()).isEmpty();
    assertThat(entry.toString()).isEqualTo("d = ");
  }

  @Test
  void valuesHaveTheirTypes() throws ConfigException {
    DatabaseEntry entry =
        database(
            "host=a,::1 port=6000 dbname=x user=u password='p w' auth_user=au auth_query=q"
                + " auth_dbname=d pool_size=1 min_pool_size=2 reserve_pool_size=3 connect_query='set"
                + " a=''b''' pool_mode=statement query_wait_timeout=4 load_balance_hosts=disable"
                + " max_db_connections=5 max_db_client_connections=6 server_lifetime=7.5"
                + " client_encoding=UTF8 datestyle=ISO timezone=UTC application_name=app");

    assertThat(entry.hosts()).containsExactly("a", "::1");
    assertThat(entry.port()).isEqualTo(6000);
    assertThat(entry.serverDatabase()).isEqualTo("x");
    assertThat(entry.user()).contains("u");
    assertThat(entry.password()).contains(Secret.of("p w"));
    assertThat(entry.authUser()).contains("au");
    assertThat(entry.authQuery()).contains("q");
    assertThat(entry.authDbname()).contains("d");
    assertThat(entry.poolSize()).hasValue(1);
    assertThat(entry.minPoolSize()).hasValue(2);
    assertThat(entry.reservePoolSize()).hasValue(3);
    assertThat(entry.connectQuery()).contains("set a='b'");
    assertThat(entry.poolMode()).contains(PoolMode.STATEMENT);
    assertThat(entry.queryWaitTimeout()).contains(Duration.ofSeconds(4));
    assertThat(entry.loadBalanceHosts()).contains(LoadBalanceHosts.DISABLE);
    assertThat(entry.maxDbConnections()).hasValue(5);
    assertThat(entry.maxDbClientConnections()).hasValue(6);
    assertThat(entry.serverLifetime()).contains(Duration.ofMillis(7500));
    assertThat(entry.clientEncoding()).contains("UTF8");
    assertThat(entry.datestyle()).contains("ISO");
    assertThat(entry.timezone()).contains("UTC");
    assertThat(entry.applicationName()).contains("app");
  }

  @Test
  void theOldNameOfTheReserveCounts() throws ConfigException {
    assertThat(database("reserve_pool=4").reservePoolSize()).hasValue(4);
  }

  @Test
  void keysAndValuesMayHaveBlanksAroundTheEqualsSign() throws ConfigException {
    assertThat(database("port = 6000\tdbname= x").toString()).isEqualTo("d = dbname=x port=6000");
  }

  @Test
  void aDatabaseWithoutEntryUsesTheFallback() throws ConfigException {
    ProxyConfig config = Configs.of("[pgbouncer]", "[databases]", "* = host=h", "a = host=b");

    assertThat(config.database("*")).isEmpty();
    assertThat(config.database("x")).isEmpty();
    DatabaseEntry entry = config.fallback().orElseThrow().forDatabase("x");
    assertThat(entry.name()).isEqualTo("x");
    assertThat(entry.serverDatabase()).isEqualTo("x");
    assertThat(entry.hosts()).containsExactly("h");
  }

  @Test
  void usersHaveTheirValues() throws ConfigException {
    UserEntry user =
        Configs.of(
                "[pgbouncer]",
                "[users]",
                "u = pool_size=1 reserve_pool_size=2 pool_mode=session max_user_connections=3"
                    + " max_user_client_connections=4 query_timeout=5 query_wait_timeout=6"
                    + " idle_transaction_timeout=7 transaction_timeout=8 client_idle_timeout=9")
            .user("u");

    assertThat(user.poolSize()).hasValue(1);
    assertThat(user.reservePoolSize()).hasValue(2);
    assertThat(user.poolMode()).contains(PoolMode.SESSION);
    assertThat(user.maxUserConnections()).hasValue(3);
    assertThat(user.maxUserClientConnections()).hasValue(4);
    assertThat(user.queryTimeout()).contains(Duration.ofSeconds(5));
    assertThat(user.queryWaitTimeout()).contains(Duration.ofSeconds(6));
    assertThat(user.idleTransactionTimeout()).contains(Duration.ofSeconds(7));
    assertThat(user.transactionTimeout()).contains(Duration.ofSeconds(8));
    assertThat(user.clientIdleTimeout()).contains(Duration.ofSeconds(9));
  }

  @Test
  void anUnknownUserHasAnEntryWithoutValues() throws ConfigException {
    UserEntry user = Configs.of("[pgbouncer]").user("nobody");

    assertThat(user.name()).isEqualTo("nobody");
    assertThat(user.poolSize()).isEmpty();
  }

  @Test
  void peersHaveTheirNumbers() throws ConfigException {
    ProxyConfig config =
        Configs.of("[pgbouncer]", "[peers]", "1 = host=/run/a", "2 = host=b port=7000 pool_size=3");

    assertThat(config.peers())
        .containsEntry(1, new PeerEntry(1, "/run/a", 6432, OptionalInt.empty()))
        .containsEntry(2, new PeerEntry(2, "b", 7000, OptionalInt.of(3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[databases] | pgbouncer = host=a         | \"pgbouncer\" is the console's database",
        "[databases] | d = port=0                 | port = \"0\" must be a whole number from 1 to",
        "[databases] | d = port=99999             | port = \"99999\" must be a whole number from 1",
        "[databases] | d = pool_size=10s          | pool_size = \"10s\" must be a whole number",
        "[databases] | d = pool_mode=tx           | pool_mode = \"tx\" must be one of session,",
        "[databases] | d = load_balance_hosts=rr  | load_balance_hosts = \"rr\" must be one of",
        "[databases] | d = query_timeout=3        | unknown key \"query_timeout\" in [databases]",
        "[databases] | d = host=                  | \"host\" needs a value that is not empty",
        "[databases] | d = host=''                | \"host\" needs a value that is not empty",
        "[databases] | d = connect_query='select  | \"connect_query\" needs a value",
        "[databases] | d = dbname='a'port=1       | \"dbname\" needs a value",
        "[databases] | d = localhost              | the entry must be key=value between blanks",
        "[databases] | d = =a                     | the entry must be key=value between blanks",
        "[users]     | u = reserve_pool=1         | unknown key \"reserve_pool\" in [users]",
        "[users]     | u = host=a                 | unknown key \"host\" in [users]",
        "[users]     | u = query_timeout=-1       | query_timeout = \"-1\" must be seconds",
        "[peers]     | 1 = port=6432              | the peer needs host=",
        "[peers]     | 0 = host=a                 | the name of a peer is its peer_id and must be",
        "[peers]     | x = host=a                 | the name of a peer is its peer_id and must be",
        "[peers]     | 16384 = host=a             | the name of a peer is its peer_id and must be",
        "[peers]     | 1 = host=a user=b          | unknown key \"user\" in [peers]",
      })
  void anEntryThatDoesNotFitIsRefusedWithItsPlace(String section, String line, String problem) {
    assertThat(problems("[pgbouncer]", section, line))
        .anySatisfy(found -> assertThat(found).startsWith("pgbouncer.ini:3: " + problem));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password=my s3cret",
        "password=my s3cret=1",
        "password=my s3cret =1",
        "password='my' s3cret",
        "password='my's3cret",
        "password=my pool_size=s3cret",
        "password='my s3cret",
      })
  void noProblemShowsWhatMayBePartOfAPassword(String entry) {
    assertThat(problems("[pgbouncer]", "[databases]", "d = host=h " + entry))
        .isNotEmpty()
        .noneMatch(problem -> problem.contains("s3cret"));
  }

  @Test
  void passwordsAreNotPrinted() throws ConfigException {
    DatabaseEntry entry = database("user=u password=s3cret");

    assertThat(entry.toString()).isEqualTo("d = user=u password=***");
    assertThat(entry.password().orElseThrow().toString()).isEqualTo("***");
    assertThat(entry.password().orElseThrow().reveal()).isEqualTo("s3cret");
  }

  @Test
  void theLastOfTwoEntriesCountsWithAWarning() throws ConfigException {
    ProxyConfig config =
        Configs.of("[pgbouncer]", "[databases]", "a = port=1 user=u", "a = port=2");

    assertThat(config.database("a").orElseThrow().toString()).isEqualTo("a = port=2");
    assertThat(config.warnings())
        .contains(
            "pgbouncer.ini:4: \"a\" in [databases] is already at pgbouncer.ini:3; the last line"
                + " counts");
  }

  @Test
  void equalEntriesAreEqual() throws ConfigException {
    assertThat(database("port=1 host=a")).isEqualTo(database("host=a  port=1"));
    assertThat(database("port=1 host=a")).isNotEqualTo(database("port=1 host=b"));
    assertThat(database("user=a password=b")).isNotEqualTo(database("user=a password=c"));
  }

  @Test
  void theConsoleCannotAnswerForSecrets() throws ConfigException {
    ProxyConfig config = Configs.of("[pgbouncer]", "[databases]", "d = auth_dbname=pgbouncer");

    assertThat(config.database("d").orElseThrow().authDbname()).contains("pgbouncer");
    assertThat(config.warnings())
        .contains(
            "auth_query cannot run for database \"d\": its auth_dbname \"pgbouncer\" is the"
                + " console");
  }

  @ParameterizedTest
  @CsvSource({
    "pool_size=3, true",
    "password=x, true",
    "dbname=d, true",
    "dbname=e, false",
    "host=b, false",
    "port=1, false",
    "user=u, false",
    "connect_query=q, false",
    "auth_dbname=a, false",
    "auth_query=q, false",
    "load_balance_hosts=disable, false",
  })
  void onlyWhatConcernsServersReplacesTheirConnections(String change, boolean same)
      throws ConfigException {
    assertThat(database("application_name=a").connectsLike(database(change))).isEqualTo(same);
  }
}
