package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every property that a pool of the JVM has is mapped, without effect, or refused with a reason.
 */
class PeerKeysTest {
  private static final String HIKARI =
      """
      allowPoolSuspension autoCommit catalog connectionInitSql connectionTestQuery
      connectionTimeout credentials credentialsProvider credentialsProviderClassName
      dataSource dataSourceClassName dataSourceJNDI dataSourceProperties driverClassName
      exceptionOverride exceptionOverrideClassName healthCheckProperties healthCheckRegistry
      idleTimeout initializationFailTimeout isolateInternalQueries jdbcUrl keepaliveTime
      leakDetectionThreshold maxLifetime maximumPoolSize metricRegistry metricsTrackerFactory
      minimumIdle password poolName readOnly registerMbeans scheduledExecutor schema
      threadFactory transactionIsolation username validationTimeout
      """;

  private static final String DBCP =
      """
      abandonedLogWriter abandonedUsageTracking accessToUnderlyingConnectionAllowed
      autoCommitOnReturn cacheState clearStatementPoolOnReturn connectionFactoryClassName
      connectionInitSqls connectionProperties defaultAutoCommit defaultCatalog
      defaultQueryTimeout defaultReadOnly defaultSchema defaultTransactionIsolation
      disconnectionIgnoreSqlCodes disconnectionSqlCodes driver driverClassLoader
      driverClassName durationBetweenEvictionRuns enableAutoCommitOnReturn
      evictionPolicyClassName fastFailValidation initialSize jmxName lifo logAbandoned
      logExpiredConnections logWriter loginTimeout maxConn maxConnLifetimeMillis maxIdle
      maxOpenPreparedStatements maxTotal maxWait maxWaitMillis minEvictableIdle
      minEvictableIdleTimeMillis minIdle numTestsPerEvictionRun password
      poolPreparedStatements registerConnectionMBean removeAbandonedOnBorrow
      removeAbandonedOnMaintenance removeAbandonedTimeout rollbackOnReturn
      softMinEvictableIdle softMinEvictableIdleTimeMillis testOnBorrow testOnCreate
      testOnReturn testWhileIdle timeBetweenEvictionRunsMillis url username validationQuery
      validationQueryTimeout
      """;

  private static final String TOMCAT =
      """
      abandonWhenPercentageFull accessToUnderlyingConnectionAllowed alternateUsernameAllowed
      commitOnReturn connectionProperties dataSource dataSourceJNDI dbProperties
      defaultAutoCommit defaultCatalog defaultReadOnly defaultTransactionIsolation
      driverClassName fairQueue ignoreExceptionOnPreLoad initSQL initialSize jdbcInterceptors
      jmxEnabled logAbandoned logValidationErrors maxActive maxAge maxIdle maxWait
      minEvictableIdleTimeMillis minIdle name numTestsPerEvictionRun password
      propagateInterruptState removeAbandoned removeAbandonedTimeout rollbackOnReturn
      suspectTimeout testOnBorrow testOnConnect testOnReturn testWhileIdle
      timeBetweenEvictionRunsMillis url useDisposableConnectionFacade useEquals useLock
      useStatementFacade username validationInterval validationQuery validationQueryTimeout
      validator validatorClassName
      """;

  private static final String C3P0 =
      """
      acquireIncrement acquireRetryAttempts acquireRetryDelay attemptResurrectOnCheckin
      autoCommitOnClose automaticTestTable breakAfterAcquireFailure
      cancelAutomaticallyClosedStatements checkoutTimeout connectionCustomizerClassName
      connectionIsValidTimeout connectionTesterClassName contextClassLoaderSource
      dataSourceName debugUnreturnedConnectionStackTraces description driverClass
      factoryClassLocation forceIgnoreUnresolvedTransactions forceSynchronousCheckins
      forceUseNamedDriverClass idleConnectionTestPeriod initialPoolSize jdbcUrl
      markSessionBoundaries maxAdministrativeTaskTime maxConnectionAge maxIdleTime
      maxIdleTimeExcessConnections maxPoolSize maxStatements maxStatementsPerConnection
      minPoolSize numHelperThreads overrideDefaultPassword overrideDefaultUser password
      preferredTestQuery privilegeSpawnedThreads properties propertyCycle
      statementCacheNumDeferredCloseThreads taskRunnerFactoryClassName testConnectionOnCheckin
      testConnectionOnCheckout unreturnedConnectionTimeout user userOverridesAsString
      """;

  private static final String DRUID =
      """
      accessToUnderlyingConnectionAllowed asyncCloseConnectionEnable asyncInit
      breakAfterAcquireFailure checkExecuteTime clearFiltersEnable connectProperties
      connectTimeout connectionErrorRetryAttempts connectionInitSqls connectionProperties
      createScheduler dbType defaultAutoCommit defaultCatalog defaultReadOnly
      defaultTransactionIsolation destroyScheduler driver driverClassLoader driverClassName
      dupCloseLogEnable enable exceptionSorter exceptionSorterClassName failFast filters init
      initConnectionSqls initExceptionThrow initGlobalVariants initVariants initialSize
      keepAlive keepAliveBetweenTimeMillis keepConnectionUnderlyingTransactionIsolation
      killWhenSocketReadTimeout loadSpifilterSkip logAbandoned logDifferentThread logWriter
      loginTimeout maxActive maxCreateTaskCount maxEvictableIdleTimeMillis maxIdle
      maxOpenPreparedStatements maxPoolPreparedStatementPerConnectionSize maxWait
      maxWaitThreadCount minEvictableIdleTimeMillis minIdle name notFullTimeoutRetryCount
      numTestsPerEvictionRun objectName onFatalErrorMaxActive oracle password passwordCallback
      passwordCallbackClassName phyMaxUseCount phyTimeoutMillis poolPreparedStatements
      proxyFilters queryTimeout removeAbandoned removeAbandonedTimeout
      removeAbandonedTimeoutMillis resetStatEnable sharePreparedStatements socketTimeout
      statLogger statLoggerClassName testOnBorrow testOnReturn testWhileIdle
      timeBetweenConnectErrorMillis timeBetweenEvictionRunsMillis timeBetweenLogStatsMillis
      transactionQueryTimeout transactionThresholdMillis url useGlobalDataSourceStat
      useLocalSessionState useOracleImplicitCache usePingMethod useUnfairLock userCallback
      username validConnectionChecker validConnectionCheckerClassName validationQuery
      validationQueryTimeout
      """;

  private static final String UCP =
      """
      abandonedConnectionTimeout commitOnConnectionReturn connectionAffinityCallback
      connectionFactoryClassName connectionFactoryProperties connectionHarvestMaxCount
      connectionHarvestTriggerCount connectionInitializationCallback connectionLabelingCallback
      connectionLabelingHighCost connectionPoolName connectionProperties
      connectionRepurposeThreshold connectionValidationTimeout connectionWaitDuration
      connectionWaitTimeout createConnectionInBorrowThread dataSourceFromConfiguration
      dataSourceName databaseName description fastConnectionFailoverEnabled
      highCostConnectionReuseThreshold inactiveConnectionTimeout initialPoolSize logWriter
      loginTimeout maxConnectionReuseCount maxConnectionReuseTime maxConnectionsPerService
      maxConnectionsPerShard maxIdleTime maxPoolSize maxStatements minIdle minPoolSize
      networkProtocol o-n-s-configuration onsConfiguration password pdbRoles portNumber
      propertyCycle queryTimeout readOnlyInstanceAllowed roleName s-q-l-for-validate-connection
      secondsToTrustIdleConnection serverName serviceName shardingMode
      sqlForValidateConnection sslContext timeToLiveConnectionTimeout timeoutCheckInterval
      tokenSupplier u-r-l url user validateConnectionOnBorrow xaDataSource
      """;

  private static final String AGROAL =
      """
      acquisitionTimeout acquisitionTimeout_m acquisitionTimeout_ms acquisitionTimeout_s
      autoCommit connectionValidator credential enhancedLeakReport exceptionSorter
      flushOnClose idleValidation idleValidation_m idleValidation_ms idleValidation_s
      implementation initialSQL initialSize jdbcProperties jdbcTransactionIsolation jdbcUrl
      leakTimeout leakTimeout_m leakTimeout_ms leakTimeout_s loginTimeout maxLifetime
      maxLifetime_m maxLifetime_ms maxLifetime_s maxSize metricsEnabled minSize
      multipleAcquisition poolRecovery principal providerClassName reapTimeout reapTimeout_m
      reapTimeout_ms reapTimeout_s recoveryCredential recoveryPrincipal trackJdbcResources
      transactionRequirement validateOnBorrow validationTimeout validationTimeout_m
      validationTimeout_ms validationTimeout_s xaProperties
      """;

  private static final String QUARKUS =
      """
      acquisition-timeout additional-jdbc-properties background-validation-interval
      credentials-provider credentials-provider-name db-kind db-version
      detect-statement-leaks driver enable-metrics enable-recovery extended-leak-report
      flush-on-close foreground-validation-interval health-exclude idle-removal-interval
      initial-size leak-detection-interval max-lifetime max-size min-size new-connection-sql
      password pooling-enabled telemetry telemetry.enabled transaction-isolation-level
      transaction-requirement transactions url username validate-on-borrow
      validation-query-sql
      """;

  static Stream<Arguments> documented() {
    return Stream.of(
            Arguments.of(Peer.HIKARI, HIKARI),
            Arguments.of(Peer.DBCP, DBCP),
            Arguments.of(Peer.TOMCAT, TOMCAT),
            Arguments.of(Peer.C3P0, C3P0),
            Arguments.of(Peer.DRUID, DRUID),
            Arguments.of(Peer.UCP, UCP),
            Arguments.of(Peer.AGROAL, AGROAL),
            Arguments.of(Peer.QUARKUS, QUARKUS))
        .flatMap(
            list ->
                Stream.of(((String) list.get()[1]).strip().split("\\s+"))
                    .map(key -> Arguments.of(list.get()[0], key)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("documented")
  void knownBug40EveryDocumentedKeyOfAPeerIsReadUnderItsPrefix(Peer peer, String key) {
    Reading reading = Binder.read(List.of(new Setting(key, sample(key, peer), "", key, peer)));

    Set<String> outcome = new LinkedHashSet<>();
    reading.values().stream().filter(v -> v.where().equals(key)).forEach(v -> outcome.add("set"));
    reading.driverProperties().keySet().forEach(name -> outcome.add("for the driver"));
    reading.notes().forEach(note -> outcome.add("no effect"));
    reading.problems().forEach(problem -> outcome.add("refused"));
    Alias alias = PeerKeys.find(peer, key);
    assertThat(alias).as("known").isNotNull();
    assertThat(outcome).as("an outcome of " + key).isNotEmpty();
    assertThat(reading.notes()).noneMatch(note -> note.contains("is not an option"));
    for (PoolConfig.Problem problem : reading.problems()) {
      assertThat(alias.option()).as("refused, though it is mapped: " + problem.text()).isNull();
      assertThat(problem.text()).contains(key).hasSizeGreaterThan(key.length() + 20);
    }
  }

  /** A value that a file might have for a key. */
  private static Object sample(String key, Peer peer) {
    Alias alias = PeerKeys.find(peer, key);
    if (alias == null || alias.option() == null) {
      return key.toLowerCase(Locale.ROOT).endsWith("properties") ? "a=b;c=d" : "true";
    }
    return switch (alias.option()) {
      case URL -> "jdbc:h2:mem:x";
      case MIN_SIZE,
          MAX_SIZE,
          MAX_IDLE,
          WARM_UP,
          MAX_USES,
          MAX_WAITERS,
          MAX_CONCURRENT_OPENS,
          STATEMENT_CACHE_SIZE ->
          "5";
      case AUTO_COMMIT,
          READ_ONLY,
          LEAK_RECLAIM,
          LEAK_STACK_SAMPLING,
          STRICT_CLOSE,
          TRANSACTION_POOLER,
          REQUEST_BOUNDARIES ->
          "true";
      case HANDOUT_ORDER, ON_RETURN, FAIRNESS -> "true";
      case VALIDATE_AFTER_IDLE ->
          alias.translation() == Translation.CHECK_ALWAYS ? "true" : time(key, peer);
      case START_POLICY -> "1";
      case TRANSACTION_ISOLATION -> "READ_COMMITTED";
      default -> alias.option().type().isDuration() ? time(key, peer) : "text";
    };
  }

  private static String time(String key, Peer peer) {
    return switch (peer) {
      case UCP -> "60";
      case AGROAL, QUARKUS -> key.indexOf('_') < 0 ? "PT1M" : "60";
      default -> "60000";
    };
  }
}
