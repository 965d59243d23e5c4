package dev.sluice.jdbc.config;

/**
 * The keys of the pools that come with a database or a framework, in the form of {@link PeerKeys}.
 */
final class ServerPoolKeys {
  static final String UCP =
      """
      url URL SAME
      user USER SAME
      password PASSWORD SAME
      connectionPoolName NAME SAME
      connectionFactoryClassName - NO_EFFECT the driver serves the url
      connectionProperties - DRIVER_PROPERTIES Passed to the driver.
      connectionFactoryProperties - DRIVER_PROPERTIES Passed to the driver.
      initialPoolSize WARM_UP SAME Opened at the start in the background.
      minPoolSize MIN_SIZE SAME
      maxPoolSize MAX_SIZE SAME
      connectionWaitTimeout ACQUIRE_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      connectionWaitDuration ACQUIRE_TIMEOUT TIME
      inactiveConnectionTimeout IDLE_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      maxIdleTime IDLE_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      maxConnectionReuseTime MAX_LIFETIME SECONDS Bare numbers are seconds, as in that pool.
      maxConnectionReuseCount MAX_USES SAME
      abandonedConnectionTimeout LEAK_THRESHOLD RECLAIM_SECONDS Also takes the connection back, as in that pool.
      timeToLiveConnectionTimeout LEAK_THRESHOLD RECLAIM_SECONDS Also takes the connection back, as in that pool.
      timeoutCheckInterval - NO_EFFECT the keeper looks often enough by itself by itself
      propertyCycle - NO_EFFECT the keeper looks often enough by itself by itself
      secondsToTrustIdleConnection VALIDATE_AFTER_IDLE SECONDS Bare numbers are seconds, as in that pool.
      validateConnectionOnBorrow VALIDATE_AFTER_IDLE CHECK_ALWAYS `true` means `0s`, `false` leaves the default.
      sqlForValidateConnection VALIDATION_QUERY SAME
      connectionValidationTimeout VALIDATION_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      queryTimeout QUERY_TIMEOUT SECONDS Bare numbers are seconds, as in that pool.
      loginTimeout OPEN_TIMEOUT SECONDS_ABOVE_ZERO Bare numbers are seconds, as in that pool.
      maxStatements STATEMENT_CACHE_SIZE SAME
      fastConnectionFailoverEnabled - NO_EFFECT connections are checked and replaced after a failover; see requiredRole
      onsConfiguration - NO_EFFECT Sluice does not listen to ONS; it finds a failover by checks and by errors
      minIdle - NO_EFFECT minSize keeps connections, lent and idle ones together
      commitOnConnectionReturn ON_RETURN COMMIT_IF_TRUE
      connectionHarvestTriggerCount - NO_EFFECT Sluice never takes away a lease in use; leakReclaim takes back connections held too long
      connectionHarvestMaxCount - NO_EFFECT Sluice never takes away a lease in use; leakReclaim takes back connections held too long
      connectionLabelingHighCost - NO_EFFECT connections have no labels; build a pool for each kind of session
      highCostConnectionReuseThreshold - NO_EFFECT connections have no labels; build a pool for each kind of session
      connectionLabelingCallback ! REFUSED names another pool's class; build a pool for each kind of session
      connectionInitializationCallback ! REFUSED names another pool's class; use initSql, or a listener
      connectionAffinityCallback ! REFUSED names another pool's class; Sluice does not choose among the instances of a cluster
      connectionRepurposeThreshold - NO_EFFECT one pool serves one user and one service
      maxConnectionsPerService - NO_EFFECT one pool serves one service; maxSize bounds it
      maxConnectionsPerShard - NO_EFFECT one pool serves one shard; maxSize bounds it
      shardingMode - NO_EFFECT Sluice does not route by sharding keys; build a pool for each shard
      readOnlyInstanceAllowed - NO_EFFECT requiredRole says which servers may serve
      createConnectionInBorrowThread - NO_EFFECT connections are opened on workers, so that a caller's deadline holds
      serverName - NO_EFFECT the url says so
      portNumber - NO_EFFECT the url says so
      databaseName - NO_EFFECT the url says so
      serviceName - NO_EFFECT the url says so
      networkProtocol - NO_EFFECT the url says so
      dataSourceName - NO_EFFECT connectionPoolName is the name in messages
      description - NO_EFFECT every message has the pool's name
      roleName ! REFUSED is not supported: give the driver's own property, such as driver.internal_logon
      pdbRoles ! REFUSED is not supported: enable the roles by initSql
      dataSourceFromConfiguration ! REFUSED is not supported: give the url
      sslContext ! REFUSED is not supported in text: set an object in code with driverProperty(...)
      tokenSupplier ! REFUSED is not supported in text: set an object in code with credentials(...)
      xaDataSource ! REFUSED_IF_TRUE is not supported: the data source takes no part in JTA
      logWriter - NO_EFFECT messages go to the logger dev.sluice
      """;

  static final String AGROAL =
      """
      jdbcUrl URL SAME
      url URL SAME
      username USER SAME
      password PASSWORD SAME
      principal USER SAME
      credential PASSWORD SAME
      driver DRIVER_CLASS_NAME SAME
      providerClassName DRIVER_CLASS_NAME SAME
      minSize MIN_SIZE SAME
      maxSize MAX_SIZE SAME
      initialSize WARM_UP SAME Opened at the start in the background.
      acquisitionTimeout ACQUIRE_TIMEOUT TIME_OR_FOREVER `0` means 24.8 days.
      acquisitionTimeout_ms ACQUIRE_TIMEOUT MILLIS
      acquisitionTimeout_s ACQUIRE_TIMEOUT SECONDS
      acquisitionTimeout_m ACQUIRE_TIMEOUT MINUTES
      idleValidation VALIDATE_AFTER_IDLE TIME
      idleValidation_ms VALIDATE_AFTER_IDLE MILLIS
      idleValidation_s VALIDATE_AFTER_IDLE SECONDS
      idleValidation_m VALIDATE_AFTER_IDLE MINUTES
      foregroundValidationInterval VALIDATE_AFTER_IDLE TIME
      validateOnBorrow VALIDATE_AFTER_IDLE CHECK_ALWAYS `true` means `0s`, `false` leaves the default.
      validationTimeout HEALTH_CHECK_INTERVAL TIME The interval of the checks in the background.
      validationTimeout_ms HEALTH_CHECK_INTERVAL MILLIS
      validationTimeout_s HEALTH_CHECK_INTERVAL SECONDS
      validationTimeout_m HEALTH_CHECK_INTERVAL MINUTES
      backgroundValidationInterval HEALTH_CHECK_INTERVAL TIME
      validationQuerySql VALIDATION_QUERY SAME
      validationQueryTimeout VALIDATION_TIMEOUT TIME_ABOVE_ZERO
      reapTimeout IDLE_TIMEOUT TIME
      reapTimeout_ms IDLE_TIMEOUT MILLIS
      reapTimeout_s IDLE_TIMEOUT SECONDS
      reapTimeout_m IDLE_TIMEOUT MINUTES
      idleRemovalInterval IDLE_TIMEOUT TIME
      maxLifetime MAX_LIFETIME TIME
      maxLifetime_ms MAX_LIFETIME MILLIS
      maxLifetime_s MAX_LIFETIME SECONDS
      maxLifetime_m MAX_LIFETIME MINUTES
      leakTimeout LEAK_THRESHOLD TIME
      leakTimeout_ms LEAK_THRESHOLD MILLIS
      leakTimeout_s LEAK_THRESHOLD SECONDS
      leakTimeout_m LEAK_THRESHOLD MINUTES
      leakDetectionInterval LEAK_THRESHOLD TIME
      extendedLeakReport LEAK_STACK_SAMPLING ALL_OR_NONE
      enhancedLeakReport LEAK_STACK_SAMPLING ALL_OR_NONE
      detectStatementLeaks - NO_EFFECT forgotten statements are closed
      trackJdbcResources - NO_EFFECT forgotten statements are closed
      newConnectionSql INIT_SQL SAME
      initialSQL INIT_SQL SAME
      transactionIsolationLevel TRANSACTION_ISOLATION SAME
      jdbcTransactionIsolation TRANSACTION_ISOLATION SAME
      autoCommit AUTO_COMMIT SAME
      readOnly READ_ONLY SAME
      loginTimeout OPEN_TIMEOUT TIME_ABOVE_ZERO
      flushOnClose - NO_EFFECT refresh() replaces all connections
      additionalJdbcProperties - DRIVER_PROPERTIES Passed to the driver.
      jdbcProperties - DRIVER_PROPERTIES Passed to the driver.
      metricsEnabled - NO_EFFECT stats() is always on, at no cost
      enableMetrics - NO_EFFECT stats() is always on, at no cost
      transactions - NO_EFFECT the data source takes no part in JTA
      transactionRequirement - NO_EFFECT the data source takes no part in JTA
      multipleAcquisition - NO_EFFECT nestedAcquire WARN reports nested acquisitions
      poolingEnabled - NO_EFFECT Sluice is a pool
      telemetry - NO_EFFECT give a listener
      dbKind - NO_EFFECT the URL says so
      dbVersion - NO_EFFECT the server says so
      implementation - NO_EFFECT Sluice is the implementation
      connectionValidator - NO_EFFECT the driver's isValid checks a connection; or give validator(...)
      exceptionSorter - NO_EFFECT Sluice has tables of fatal errors by database; add to them by errorClassifier(...)
      poolRecovery - NO_EFFECT the data source takes no part in JTA
      enableRecovery - NO_EFFECT the data source takes no part in JTA
      recoveryPrincipal - NO_EFFECT the data source takes no part in JTA
      recoveryCredential - NO_EFFECT the data source takes no part in JTA
      xaProperties - NO_EFFECT the data source takes no part in JTA
      telemetry.enabled - NO_EFFECT give a listener
      healthExclude - NO_EFFECT call the data source's isHealthy() from your health check, if wanted
      credentialsProvider ! REFUSED is not supported in text: set an object in code with credentials(...)
      credentialsProviderName ! REFUSED is not supported in text: set an object in code with credentials(...)
      """;

  private ServerPoolKeys() {}
}
