package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose setting wins: the user's, the database's or the general one. */
class EffectivePoolTest {
  private static final Map<String, Function<EffectivePool, Object>> VALUES =
      Map.ofEntries(
          Map.entry("poolMode", EffectivePool::poolMode),
          Map.entry("poolSize", EffectivePool::poolSize),
          Map.entry("reserve", EffectivePool::reservePoolSize),
          Map.entry("minPoolSize", EffectivePool::minPoolSize),
          Map.entry("lifetime", EffectivePool::serverLifetime),
          Map.entry("queryWait", EffectivePool::queryWaitTimeout),
          Map.entry("query", EffectivePool::queryTimeout),
          Map.entry("idleTransaction", EffectivePool::idleTransactionTimeout),
          Map.entry("transaction", EffectivePool::transactionTimeout),
          Map.entry("clientIdle", EffectivePool::clientIdleTimeout),
          Map.entry("maxDb", EffectivePool::maxDbConnections),
          Map.entry("maxDbClients", EffectivePool::maxDbClientConnections),
          Map.entry("maxUser", EffectivePool::maxUserConnections),
          Map.entry("maxUserClients", EffectivePool::maxUserClientConnections),
          Map.entry("authUser", pool -> pool.authUser().orElse("none")),
          Map.entry("authQuery", pool -> pool.authQuery().orElse("none")),
          Map.entry("authDbname", pool -> pool.authDbname().orElse("none")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "poolMode | pool_mode=session | pool_mode=transaction | pool_mode=statement | STATEMENT",
        "poolMode | pool_mode=statement | pool_mode=transaction |             | TRANSACTION",
        "poolMode | pool_mode=statement |                     |               | STATEMENT",
        "poolSize | default_pool_size=3 | pool_size=4         | pool_size=5   | 5",
        "poolSize | default_pool_size=3 | pool_size=4         | pool_size=0   | 0",
        "poolSize | default_pool_size=3 | pool_size=4         | pool_size=-1  | 4",
        "poolSize | default_pool_size=3 | pool_size=0         |               | 0",
        "poolSize | default_pool_size=3 |                     |               | 3",
        "reserve  | reserve_pool_size=3 | reserve_pool_size=4 | reserve_pool_size=5 | 5",
        "reserve  | reserve_pool_size=3 | reserve_pool=0      |               | 0",
        "reserve  | reserve_pool_size=3 |                     |               | 3",
        "minPoolSize | min_pool_size=3  | min_pool_size=0     |               | 0",
        "minPoolSize | min_pool_size=3  |                     |               | 3",
        "lifetime | server_lifetime=30  | server_lifetime=40  |               | PT40S",
        "lifetime | server_lifetime=30  | server_lifetime=0   |               | PT30S",
        "lifetime | server_lifetime=0   |                     |               | PT0S",
        "queryWait | query_wait_timeout=1 | query_wait_timeout=2 | query_wait_timeout=3 | PT3S",
        "queryWait | query_wait_timeout=1 | query_wait_timeout=2 | query_wait_timeout=0 | PT0S",
        "queryWait | query_wait_timeout=1 | query_wait_timeout=0 |            | PT0S",
        "queryWait | query_wait_timeout=1 |                   |               | PT1S",
        "query    | query_timeout=1     |                     | query_timeout=2 | PT2S",
        "query    | query_timeout=1     |                     | query_timeout=0 | PT1S",
        "idleTransaction | idle_transaction_timeout=1 | | idle_transaction_timeout=2 | PT2S",
        "transaction | transaction_timeout=1 |                | transaction_timeout=2 | PT2S",
        "clientIdle | client_idle_timeout=1 |                 | client_idle_timeout=2 | PT2S",
        "clientIdle | client_idle_timeout=1 |                 |               | PT1S",
        "maxDb    | max_db_connections=3 | max_db_connections=4 |             | 4",
        "maxDb    | max_db_connections=3 | max_db_connections=0 |             | 3",
        "maxDb    | max_db_connections=3 | max_db_connections=-1 |            | 3",
        "maxDbClients | max_db_client_connections=3 | max_db_client_connections=4 | | 4",
        "maxUser  | max_user_connections=3 |                  | max_user_connections=4 | 4",
        "maxUser  | max_user_connections=3 |                  | max_user_connections=0 | 3",
        "maxUserClients | max_user_client_connections=3 | | max_user_client_connections=4 | 4",
        "authUser | auth_user=a          | auth_user=b        |               | b",
        "authUser | auth_user=a          |                    |               | a",
        "authQuery | auth_query=a        | auth_query=b       |               | b",
        "authDbname | auth_dbname=a      | auth_dbname=b      |               | b",
        "authDbname | verbose=0          |                    |               | none",
      })
  void theWinnerIs(String value, String general, String database, String user, String expected)
      throws ConfigException {
    ProxyConfig config =
        Configs.of(
            "[pgbouncer]",
            general,
            "[databases]",
            "d = " + orNothing(database),
            "[users]",
            "u = " + orNothing(user));

    EffectivePool pool = config.effective(config.database("d").orElseThrow(), "u");

    assertThat(VALUES.get(value).apply(pool)).hasToString(expected);
  }

  private static String orNothing(String text) {
    return text == null ? "" : text;
  }
}
