package com.zaxxer.hikari;

import com.zaxxer.hikari.util.Credentials;

/** The settings of a running pool that JMX shows and changes. Times are in milliseconds. */
public interface HikariConfigMXBean {
  /** How long a caller waits for a connection. */
  long getConnectionTimeout();

  void setConnectionTimeout(long connectionTimeoutMs);

  /** How long a check of a connection may take. */
  long getValidationTimeout();

  void setValidationTimeout(long validationTimeoutMs);

  /** How long a connection above the minimum may be idle; 0 for ever. */
  long getIdleTimeout();

  void setIdleTimeout(long idleTimeoutMs);

  /** How long a connection may be lent before it is reported as leaked; 0 for never. */
  long getLeakDetectionThreshold();

  void setLeakDetectionThreshold(long leakDetectionThresholdMs);

  /** The greatest age of a connection; 0 for no limit. */
  long getMaxLifetime();

  void setMaxLifetime(long maxLifetimeMs);

  /** The fewest connections that the pool keeps. */
  int getMinimumIdle();

  void setMinimumIdle(int minIdle);

  /** The most connections. */
  int getMaximumPoolSize();

  void setMaximumPoolSize(int maxPoolSize);

  /** Sets the password for new connections. */
  void setPassword(String password);

  /** Sets the user for new connections. */
  void setUsername(String username);

  /** Sets user and password together. */
  void setCredentials(Credentials credentials);

  /** The pool's name. */
  String getPoolName();

  /** The catalog that every borrower finds. */
  String getCatalog();

  void setCatalog(String catalog);
}
