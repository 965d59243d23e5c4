package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All documented keys of the JVM's pools, with their meaning in Sluice. A line has the key, the
 * option that it means ({@code -} if it has no effect, {@code !} if it is refused), the translation
 * of its values, and a remark. Each table is parsed at the first use of its peer.
 */
final class PeerKeys {
  private static final String HIKARI =
      """
      jdbcUrl URL SAME
      username USER SAME
      password PASSWORD SAME
      driverClassName DRIVER_CLASS_NAME SAME
      poolName NAME SAME
      maximumPoolSize MAX_SIZE SAME
      minimumIdle MIN_SIZE MINIMUM_IDLE Counts all connections, not only idle ones. Unset: as many as the maximum.
      connectionTimeout ACQUIRE_TIMEOUT CONNECTION_TIMEOUT `0` means 24.8 days; less than 250 ms is refused, as in HikariCP.
      validationTimeout VALIDATION_TIMEOUT AT_LEAST_250_MS Less than 250 ms is refused, as in HikariCP.
      idleTimeout IDLE_TIMEOUT TIME Less than 10 s means 10 min, as in HikariCP.
      maxLifetime MAX_LIFETIME TIME Less than 30 s means 30 min, as in HikariCP.
      keepaliveTime KEEPALIVE_INTERVAL TIME Less than 30 s means off, as in HikariCP.
      leakDetectionThreshold LEAK_THRESHOLD TIME Less than 2 s means off, as in HikariCP.
      initializationFailTimeout START_POLICY INITIALIZATION_FAIL Above 0: FAIL_FAST, and keeps trying for that long (startRetry); unset: FAIL_FAST; otherwise BACKGROUND. openTimeout limits each attempt.
      connectionInitSql INIT_SQL SAME
      connectionTestQuery VALIDATION_QUERY SAME
      autoCommit AUTO_COMMIT SAME
      readOnly READ_ONLY SAME
      transactionIsolation TRANSACTION_ISOLATION SAME
      catalog CATALOG SAME
      schema SCHEMA SAME
      allowPoolSuspension - NO_EFFECT every pool can be suspended and resumed, at no cost
      isolateInternalQueries - NO_EFFECT Sluice's own statements never stay in a borrower's transaction
      registerMbeans - NO_EFFECT register the pool by PoolJmx.register
      dataSourceProperties - DRIVER_PROPERTIES Passed to the driver.
      metricRegistry - NO_EFFECT bind SluiceMetrics to your registry
      metricsTrackerFactory - NO_EFFECT bind SluiceMetrics to your registry
      healthCheckRegistry - NO_EFFECT call the data source's isHealthy() from your health check
      healthCheckProperties - NO_EFFECT call the data source's isHealthy() from your health check
      threadFactory - NO_EFFECT all pools of a JVM share a few named daemon threads
      scheduledExecutor - NO_EFFECT all pools of a JVM share one timer thread
      dataSource ! REFUSED is not supported in text: make the DataSource in code and pass it to dataSource(...)
      dataSourceClassName ! REFUSED is not supported: give the url, or make the DataSource in code and pass it to dataSource(...)
      dataSourceJNDI ! REFUSED is not supported: look the DataSource up in code and pass it to dataSource(...)
      exceptionOverrideClassName ! REFUSED names another pool's class; set your own object in code with errorClassifier(...)
      exceptionOverride ! REFUSED names another pool's class; set your own object in code with errorClassifier(...)
      credentials ! REFUSED is not supported in text: give username and password, or an object set in code with credentials(...)
      credentialsProviderClassName ! REFUSED names another pool's class; set your own object in code with credentials(...)
      credentialsProvider ! REFUSED names another pool's class; set your own object in code with credentials(...)
      """;

  private static final String DBCP =
      """
      url URL SAME
      username USER SAME
      password PASSWORD SAME
      driverClassName DRIVER_CLASS_NAME SAME
      connectionProperties - DRIVER_PROPERTIES Passed to the driver.
      initialSize WARM_UP SAME Opened at the start in the background.
      maxTotal MAX_SIZE LIMITED No limit (a negative value) is refused.
      minIdle MIN_SIZE SAME
      maxIdle MAX_IDLE NEGATIVE_NOTHING Negative numbers set no limit. Unset: no limit; in DBCP 8.
      maxWaitMillis ACQUIRE_TIMEOUT TIME_OR_FOREVER `-1` and `0` mean 24.8 days.
      maxWait ACQUIRE_TIMEOUT TIME_OR_FOREVER `-1` and `0` mean 24.8 days.
      defaultAutoCommit AUTO_COMMIT SAME
      defaultReadOnly READ_ONLY SAME
      defaultTransactionIsolation TRANSACTION_ISOLATION ISOLATION_OR_DEFAULT
      defaultCatalog CATALOG SAME
      defaultSchema SCHEMA SAME
      defaultQueryTimeout QUERY_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      connectionInitSqls INIT_SQL STATEMENTS Separated by `;`.
      validationQuery VALIDATION_QUERY SAME
      validationQueryTimeout VALIDATION_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      testOnBorrow VALIDATE_AFTER_IDLE CHECK_ALWAYS `true` means `0s`, `false` leaves the default.
      testOnCreate - NO_EFFECT a connection is set up before it is lent, which shows whether it works
      testOnReturn - NO_EFFECT Sluice checks a connection before it lends it; with resetPolicy VERIFIED it checks it on return too
      testWhileIdle - NO_EFFECT healthCheckInterval does so by default
      timeBetweenEvictionRunsMillis HEALTH_CHECK_INTERVAL TIME_MINUS_ONE_OFF `-1` means off.
      durationBetweenEvictionRuns HEALTH_CHECK_INTERVAL TIME_MINUS_ONE_OFF `-1` means off.
      numTestsPerEvictionRun - NO_EFFECT each run looks at all idle connections
      minEvictableIdleTimeMillis IDLE_TIMEOUT TIME_MINUS_ONE_OFF `-1` means off.
      minEvictableIdle IDLE_TIMEOUT TIME_MINUS_ONE_OFF `-1` means off.
      softMinEvictableIdleTimeMillis - NO_EFFECT idleTimeout is soft: it never goes below minSize
      softMinEvictableIdle - NO_EFFECT idleTimeout is soft: it never goes below minSize
      evictionPolicyClassName - NO_EFFECT set a ConnectionValidator in code with validator(...)
      lifo HANDOUT_ORDER LIFO
      maxConnLifetimeMillis MAX_LIFETIME TIME_MINUS_ONE_OFF `-1` means off.
      maxConn MAX_LIFETIME TIME_MINUS_ONE_OFF `-1` means off.
      logExpiredConnections - NO_EFFECT a listener receives why each connection was closed
      cacheState - NO_EFFECT session state is cached where it is safe
      rollbackOnReturn ON_RETURN ROLLBACK_OR_NONE `false` means NONE.
      enableAutoCommitOnReturn - NO_EFFECT auto-commit is restored as it was
      autoCommitOnReturn - NO_EFFECT auto-commit is restored as it was
      removeAbandonedOnBorrow LEAK_RECLAIM SAME
      removeAbandonedOnMaintenance LEAK_RECLAIM SAME
      removeAbandonedTimeout LEAK_THRESHOLD SECONDS Bare numbers are seconds, as in that pool. Also reports without removeAbandonedOnBorrow.
      logAbandoned LEAK_STACK_SAMPLING ALL_OR_NONE `true` keeps the stack of each acquisition.
      abandonedUsageTracking - NO_EFFECT leaks are counted from the acquisition
      poolPreparedStatements - NO_EFFECT let the driver cache statements (PostgreSQL does by default; MySQL by cachePrepStmts), or set statementCacheSize
      clearStatementPoolOnReturn - NO_EFFECT statements stay for the next borrower
      maxOpenPreparedStatements - NO_EFFECT let the driver cache statements and bound its cache, or set statementCacheSize
      accessToUnderlyingConnectionAllowed - NO_EFFECT unwrap always works
      fastFailValidation - NO_EFFECT a connection that got a fatal error is closed
      disconnectionSqlCodes ! REFUSED is not supported in text: Sluice has tables of fatal errors by database; add to them by errorClassifier(...)
      disconnectionIgnoreSqlCodes ! REFUSED is not supported in text: Sluice has tables of fatal errors by database; change them by errorClassifier(...)
      jmxName - NO_EFFECT register the pool by PoolJmx.register
      registerConnectionMBean - NO_EFFECT register the pool by PoolJmx.register
      connectionFactoryClassName ! REFUSED names another pool's class; pass your own DataSource to dataSource(...)
      driver ! REFUSED is not supported in text: give driverClassName
      driverClassLoader ! REFUSED is not supported in text: set classLoader(...) in code
      abandonedLogWriter - NO_EFFECT leaks are logged
      logWriter - NO_EFFECT messages go to the logger dev.sluice
      loginTimeout OPEN_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      """;

  private static final String TOMCAT =
      """
      url URL SAME
      username USER SAME
      password PASSWORD SAME
      driverClassName DRIVER_CLASS_NAME SAME
      connectionProperties - DRIVER_PROPERTIES Passed to the driver.
      dbProperties - DRIVER_PROPERTIES Passed to the driver.
      name NAME SAME
      initialSize WARM_UP SAME Opened at the start in the background.
      maxActive MAX_SIZE LIMITED
      minIdle MIN_SIZE SAME
      maxIdle MAX_IDLE SAME Unset: no limit.
      maxWait ACQUIRE_TIMEOUT TIME_OR_FOREVER `-1` and `0` mean 24.8 days.
      maxAge MAX_LIFETIME TIME Milliseconds.
      defaultAutoCommit AUTO_COMMIT SAME
      defaultReadOnly READ_ONLY SAME
      defaultTransactionIsolation TRANSACTION_ISOLATION ISOLATION_OR_DEFAULT
      defaultCatalog CATALOG SAME
      initSQL INIT_SQL SAME
      validationQuery VALIDATION_QUERY SAME
      validationQueryTimeout VALIDATION_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      validationInterval VALIDATE_AFTER_IDLE TIME A connection that rested longer is checked.
      validator ! REFUSED is not supported in text: set a ConnectionValidator in code with validator(...)
      validatorClassName ! REFUSED names another pool's class; set a ConnectionValidator in code with validator(...)
      testOnBorrow - NO_EFFECT a connection that rested longer than validateAfterIdle is checked before it is lent
      testOnConnect - NO_EFFECT a connection is set up before it is lent, which shows whether it works
      testOnReturn - NO_EFFECT Sluice checks a connection before it lends it; with resetPolicy VERIFIED it checks it on return too
      testWhileIdle - NO_EFFECT healthCheckInterval does so by default
      timeBetweenEvictionRunsMillis HEALTH_CHECK_INTERVAL TIME_MINUS_ONE_OFF
      numTestsPerEvictionRun - NO_EFFECT each run looks at all idle connections
      minEvictableIdleTimeMillis IDLE_TIMEOUT TIME_MINUS_ONE_OFF
      removeAbandoned LEAK_RECLAIM SAME
      removeAbandonedTimeout LEAK_THRESHOLD SECONDS Bare numbers are seconds, as in that pool. Also reports without removeAbandoned.
      abandonWhenPercentageFull - NO_EFFECT leaks are taken back however full the pool is
      logAbandoned LEAK_STACK_SAMPLING ALL_OR_NONE `true` keeps the stack of each acquisition.
      suspectTimeout SLOW_LEASE_THRESHOLD SECONDS Bare numbers are seconds, as in that pool.
      rollbackOnReturn ON_RETURN ROLLBACK_IF_TRUE
      commitOnReturn ON_RETURN COMMIT_IF_TRUE
      fairQueue FAIRNESS STRICT_IF_TRUE
      jdbcInterceptors - NO_EFFECT Sluice always restores session state; slowLeaseThreshold reports slow leases and statements
      jmxEnabled - NO_EFFECT register the pool by PoolJmx.register
      useEquals - NO_EFFECT it applies to that pool's proxies
      useLock - NO_EFFECT it applies to that pool's proxies
      useDisposableConnectionFacade - NO_EFFECT a closed connection never works again
      useStatementFacade - NO_EFFECT it applies to that pool's proxies
      logValidationErrors - NO_EFFECT failed checks are logged at level DEBUG
      propagateInterruptState - NO_EFFECT an interrupted caller keeps its interrupt flag
      ignoreExceptionOnPreLoad - NO_EFFECT the first connections open in the background
      accessToUnderlyingConnectionAllowed - NO_EFFECT unwrap always works
      poolPreparedStatements - NO_EFFECT let the driver cache statements, or set statementCacheSize
      maxOpenPreparedStatements - NO_EFFECT let the driver cache statements and bound its cache, or set statementCacheSize
      alternateUsernameAllowed ! REFUSED_IF_TRUE is not supported: one pool serves one user; build a pool for each
      dataSource ! REFUSED is not supported in text: make the DataSource in code and pass it to dataSource(...)
      dataSourceJNDI ! REFUSED is not supported: look the DataSource up in code and pass it to dataSource(...)
      """;

  private static final String C3P0 =
      """
      jdbcUrl URL SAME
      user USER SAME
      password PASSWORD SAME
      driverClass DRIVER_CLASS_NAME SAME
      dataSourceName NAME SAME
      description - NO_EFFECT every message has the pool's name
      initialPoolSize WARM_UP SAME Opened at the start in the background.
      minPoolSize MIN_SIZE SAME
      maxPoolSize MAX_SIZE SAME
      acquireIncrement - NO_EFFECT Sluice opens as many at once as waiting callers need
      checkoutTimeout ACQUIRE_TIMEOUT TIME_ZERO_FOREVER Milliseconds; `0` means 24.8 days.
      maxIdleTime IDLE_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      maxIdleTimeExcessConnections IDLE_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      maxConnectionAge MAX_LIFETIME SECONDS Bare numbers are seconds, as in that pool.
      idleConnectionTestPeriod HEALTH_CHECK_INTERVAL SECONDS Bare numbers are seconds, as in that pool.
      preferredTestQuery VALIDATION_QUERY SAME
      automaticTestTable - NO_EFFECT the driver's isValid checks a connection; or give preferredTestQuery
      testConnectionOnCheckout VALIDATE_AFTER_IDLE CHECK_ALWAYS `true` means `0s`, `false` leaves the default.
      testConnectionOnCheckin - NO_EFFECT Sluice checks a connection before it lends it; with resetPolicy VERIFIED it checks it on return too
      connectionIsValidTimeout VALIDATION_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      connectionTesterClassName ! REFUSED names another pool's class; set a ConnectionValidator in code with validator(...)
      connectionCustomizerClassName ! REFUSED names another pool's class; use connectionInitSql, or a listener
      unreturnedConnectionTimeout LEAK_THRESHOLD RECLAIM_SECONDS Also takes the connection back, as in that pool.
      debugUnreturnedConnectionStackTraces LEAK_STACK_SAMPLING ALL_OR_NONE `true` keeps the stack of each acquisition.
      acquireRetryAttempts - NO_EFFECT Sluice never gives up on a database; callers get the reason after acquireTimeout
      acquireRetryDelay BACKOFF_MIN TIME_ABOVE_ZERO Milliseconds; the pauses grow.
      breakAfterAcquireFailure - NO_EFFECT Sluice never gives up on a database
      attemptResurrectOnCheckin - NO_EFFECT a connection that got a fatal error is closed
      autoCommitOnClose ON_RETURN COMMIT_IF_TRUE
      forceIgnoreUnresolvedTransactions ON_RETURN NONE_IF_TRUE
      maxStatements - NO_EFFECT it bounds all connections together; statementCacheSize bounds each
      maxStatementsPerConnection STATEMENT_CACHE_SIZE SAME
      statementCacheNumDeferredCloseThreads - NO_EFFECT let the driver cache statements
      cancelAutomaticallyClosedStatements - NO_EFFECT forgotten statements are closed
      numHelperThreads - NO_EFFECT all pools of a JVM share a few named daemon threads
      maxAdministrativeTaskTime - NO_EFFECT openTimeout, validationTimeout, resetTimeout and closeTimeout bound each task
      propertyCycle - NO_EFFECT there is nothing to poll
      contextClassLoaderSource - NO_EFFECT tasks run under the context class loader of the thread that built the pool; classLoader(...) sets another
      privilegeSpawnedThreads - NO_EFFECT workers have no access control context of an application
      forceSynchronousCheckins - NO_EFFECT a worker does all work that needs the network
      forceUseNamedDriverClass - NO_EFFECT Sluice looks for the named class first
      markSessionBoundaries - NO_EFFECT Sluice does not notify the driver of leases
      taskRunnerFactoryClassName - NO_EFFECT all pools of a JVM share a few named daemon threads
      factoryClassLocation - NO_EFFECT it applies to JNDI references
      extensions - NO_EFFECT they are for connection customizers
      properties - DRIVER_PROPERTIES Passed to the driver.
      overrideDefaultUser USER SAME
      overrideDefaultPassword PASSWORD SAME
      userOverridesAsString ! REFUSED is not supported: one pool serves one user; build a pool for each
      """;

  private static final String DRUID =
      """
      url URL SAME
      username USER SAME
      password PASSWORD SAME
      driverClassName DRIVER_CLASS_NAME SAME
      connectionProperties - DRIVER_PROPERTIES Handed to the driver, except keys that begin with `druid.`.
      connectProperties - DRIVER_PROPERTIES Handed to the driver, except keys that begin with `druid.`.
      name NAME SAME
      dbType - NO_EFFECT the URL says so
      initialSize WARM_UP SAME Opened at the start in the background.
      maxActive MAX_SIZE LIMITED
      minIdle MIN_SIZE SAME
      maxIdle - NO_EFFECT it has none in Druid either; maxIdle without the prefix closes returned connections above it
      maxWait ACQUIRE_TIMEOUT TIME_OR_FOREVER `-1` and `0` mean 24.8 days.
      maxWaitThreadCount MAX_WAITERS NEGATIVE_ZERO `-1` means no bound.
      notFullTimeoutRetryCount - NO_EFFECT acquireTimeout is the whole wait
      defaultAutoCommit AUTO_COMMIT SAME
      defaultReadOnly READ_ONLY SAME
      defaultTransactionIsolation TRANSACTION_ISOLATION ISOLATION_OR_DEFAULT
      defaultCatalog CATALOG SAME
      initConnectionSqls INIT_SQL STATEMENTS Separated by `;`.
      connectionInitSqls INIT_SQL STATEMENTS Separated by `;`.
      validationQuery VALIDATION_QUERY SAME
      validationQueryTimeout VALIDATION_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      testOnBorrow VALIDATE_AFTER_IDLE CHECK_ALWAYS `true` means `0s`, `false` leaves the default.
      testOnReturn - NO_EFFECT Sluice checks a connection before it lends it; with resetPolicy VERIFIED it checks it on return too
      testWhileIdle - NO_EFFECT a connection that rested longer than validateAfterIdle is checked before it is lent
      usePingMethod - NO_EFFECT the driver's isValid checks a connection
      timeBetweenEvictionRunsMillis HEALTH_CHECK_INTERVAL TIME_MINUS_ONE_OFF
      numTestsPerEvictionRun - NO_EFFECT each run looks at all idle connections
      minEvictableIdleTimeMillis IDLE_TIMEOUT TIME_MINUS_ONE_OFF
      maxEvictableIdleTimeMillis - NO_EFFECT maxLifetime also bounds the age of idle connections
      phyTimeoutMillis MAX_LIFETIME TIME_MINUS_ONE_OFF
      phyMaxUseCount MAX_USES NEGATIVE_ZERO `-1` means no limit.
      keepAlive - NO_EFFECT keepaliveInterval does so by default
      keepAliveBetweenTimeMillis KEEPALIVE_INTERVAL TIME
      removeAbandoned LEAK_RECLAIM SAME
      removeAbandonedTimeout LEAK_THRESHOLD SECONDS Bare numbers are seconds, as in that pool. Also reports without removeAbandoned.
      removeAbandonedTimeoutMillis LEAK_THRESHOLD TIME
      logAbandoned LEAK_STACK_SAMPLING ALL_OR_NONE `true` keeps the stack of each acquisition.
      timeBetweenConnectErrorMillis BACKOFF_MIN TIME_ABOVE_ZERO
      connectionErrorRetryAttempts - NO_EFFECT Sluice never gives up on a database
      breakAfterAcquireFailure - NO_EFFECT Sluice never gives up on a database
      failFast - NO_EFFECT callers learn why the database cannot be reached after acquireTimeout
      asyncInit - NO_EFFECT the first connections open in the background
      init - NO_EFFECT startPolicy says when the first connections open
      initExceptionThrow - NO_EFFECT startPolicy FAIL_FAST fails when the database is down
      connectTimeout OPEN_TIMEOUT TIME_ABOVE_ZERO
      loginTimeout OPEN_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      socketTimeout - NO_EFFECT give driver.socketTimeout, in the driver's own unit
      queryTimeout QUERY_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      transactionQueryTimeout - NO_EFFECT queryTimeout counts in transactions, too
      transactionThresholdMillis SLOW_LEASE_THRESHOLD TIME
      useUnfairLock - NO_EFFECT fairness BOUNDED lets running callers barge within a bound
      poolPreparedStatements - NO_EFFECT let the driver cache statements, or set statementCacheSize
      sharePreparedStatements - NO_EFFECT each connection has statements of its own
      maxOpenPreparedStatements - NO_EFFECT let the driver cache statements and bound its cache, or set statementCacheSize
      maxPoolPreparedStatementPerConnectionSize - NO_EFFECT let the driver cache statements and bound its cache, or set statementCacheSize
      useOracleImplicitCache - NO_EFFECT give it to the driver
      filters - NO_EFFECT there are no filters: no SQL firewall, no decryption of passwords, no statistics by statement; read stats(), or give a listener
      proxyFilters - NO_EFFECT there are no filters
      clearFiltersEnable - NO_EFFECT there are no filters
      loadSpifilterSkip - NO_EFFECT there are no filters
      timeBetweenLogStatsMillis - NO_EFFECT read stats(), or give a listener
      statLogger - NO_EFFECT read stats(), or give a listener
      statLoggerClassName - NO_EFFECT read stats(), or give a listener
      useGlobalDataSourceStat - NO_EFFECT read stats(), or give a listener
      resetStatEnable - NO_EFFECT read stats(), or give a listener
      checkExecuteTime - NO_EFFECT slowLeaseThreshold reports what takes long
      exceptionSorter - NO_EFFECT Sluice has tables of fatal errors by database; add to them by errorClassifier(...)
      exceptionSorterClassName - NO_EFFECT Sluice has tables of fatal errors by database; add to them by errorClassifier(...)
      validConnectionChecker - NO_EFFECT the driver's isValid checks a connection; or give validator(...)
      validConnectionCheckerClassName - NO_EFFECT the driver's isValid checks a connection; or give validator(...)
      passwordCallback ! REFUSED names another pool's class; set your own object in code with credentials(...)
      passwordCallbackClassName ! REFUSED names another pool's class; set your own object in code with credentials(...)
      userCallback ! REFUSED names another pool's class; set your own object in code with credentials(...)
      dupCloseLogEnable STRICT_CLOSE SAME
      accessToUnderlyingConnectionAllowed - NO_EFFECT unwrap always works
      asyncCloseConnectionEnable - NO_EFFECT connections are closed on workers
      maxCreateTaskCount MAX_CONCURRENT_OPENS NEGATIVE_ZERO
      onFatalErrorMaxActive - NO_EFFECT Sluice always limits opens after failures
      keepConnectionUnderlyingTransactionIsolation - NO_EFFECT the isolation is restored as it was
      useLocalSessionState - NO_EFFECT session state is cached where it is safe
      initVariants - NO_EFFECT use initSql
      initGlobalVariants - NO_EFFECT use initSql
      killWhenSocketReadTimeout - NO_EFFECT a connection that got a fatal error is closed
      logDifferentThread - NO_EFFECT connections may change threads
      enable - NO_EFFECT suspend() stops lending
      oracle - NO_EFFECT the URL says so
      createScheduler - NO_EFFECT all pools of a JVM share a few named daemon threads
      destroyScheduler - NO_EFFECT all pools of a JVM share one timer thread
      objectName - NO_EFFECT register the pool by PoolJmx.register
      driver ! REFUSED is not supported in text: give driverClassName
      driverClassLoader ! REFUSED is not supported in text: set classLoader(...) in code
      logWriter - NO_EFFECT messages go to the logger dev.sluice
      """;

  /** The peers whose whole list of keys is known, in the order in which they are tried. */
  static final List<Peer> PEERS =
      List.of(
          Peer.HIKARI,
          Peer.DBCP,
          Peer.TOMCAT,
          Peer.DRUID,
          Peer.C3P0,
          Peer.UCP,
          Peer.AGROAL,
          Peer.QUARKUS);

  private static final Map<Peer, Map<String, Alias>> READ = new EnumMap<>(Peer.class);

  private PeerKeys() {}

  /** The meaning of a key for a peer, in any key style; null if the peer has no such key. */
  static @Nullable Alias find(Peer peer, String key) {
    return keys(peer).get(KeyStyle.squeeze(key));
  }

  /** All keys of a peer, in the order of its table. */
  static List<Alias> all(Peer peer) {
    List<Alias> all = new ArrayList<>();
    for (String line : table(peer).strip().split("\n", -1)) {
      all.add(alias(peer, line));
    }
    return all;
  }

  private static synchronized Map<String, Alias> keys(Peer peer) {
    return READ.computeIfAbsent(peer, PeerKeys::read);
  }

  private static Map<String, Alias> read(Peer peer) {
    Map<String, Alias> keys = new HashMap<>();
    if (PEERS.contains(peer)) {
      for (Alias alias : all(peer)) {
        keys.put(KeyStyle.squeeze(alias.name()), alias);
      }
    }
    return keys;
  }

  private static String table(Peer peer) {
    return switch (peer) {
      case HIKARI -> HIKARI;
      case DBCP -> DBCP;
      case TOMCAT -> TOMCAT;
      case C3P0 -> C3P0;
      case DRUID -> DRUID;
      case UCP -> ServerPoolKeys.UCP;
      case AGROAL, QUARKUS -> ServerPoolKeys.AGROAL;
      default -> "";
    };
  }

  private static Alias alias(Peer peer, String line) {
    String[] words = line.split(" ", 4);
    Option option = words[1].equals("-") || words[1].equals("!") ? null : Option.valueOf(words[1]);
    return new Alias(
        Objects.requireNonNull(words[0]),
        List.of(peer),
        option,
        Translation.valueOf(words[2]),
        words.length > 3 ? words[3] : "");
  }
}
