package dev.sluice.contract;

import java.time.Duration;

/**
 * How the pool under test is to be configured. A duration of zero, and a limit of 0, leave a pool
 * its own default. Immutable.
 *
 * @param driverClass the JDBC driver's class
 * @param url the JDBC URL
 * @param user who connects
 * @param password with which password
 * @param minSize connections kept open
 * @param maxSize connections at most
 * @param acquireTimeout how long a caller waits at most, not zero
 * @param checkOnAcquire whether a connection is checked each time before it is handed out
 * @param callTimeout how long any one call of the pool's own into the driver may take: to open,
 *     check, clean or close a connection
 * @param idleTimeout after how long an unneeded connection is closed
 * @param maxLifetime how old a connection may grow
 * @param upkeepInterval how often idle connections are looked after
 * @param maxConcurrentOpens how many connections may be opened at once
 */
public record Settings(
    String driverClass,
    String url,
    String user,
    String password,
    int minSize,
    int maxSize,
    Duration acquireTimeout,
    boolean checkOnAcquire,
    Duration callTimeout,
    Duration idleTimeout,
    Duration maxLifetime,
    Duration upkeepInterval,
    int maxConcurrentOpens) {

  /** One connection at most, none at least, five seconds to get it, the rest as by default. */
  public static Settings of(Backend backend) {
    return new Settings(
        backend.driverClass(),
        backend.url(),
        backend.user(),
        backend.password(),
        0,
        1,
        Duration.ofSeconds(5),
        false,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        0);
  }

  /** These settings with other sizes. */
  public Settings sizes(int min, int max) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        min,
        max,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with another acquire timeout. */
  public Settings acquireTimeout(Duration timeout) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        timeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with a check before each hand-out. */
  public Settings checkedOnAcquire() {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        true,
        callTimeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with a limit for each call into the driver. */
  public Settings callTimeout(Duration timeout) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        timeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with an idle timeout. */
  public Settings idleTimeout(Duration timeout) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        timeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with a greatest age. */
  public Settings maxLifetime(Duration lifetime) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        lifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** These settings with an interval of upkeep. */
  public Settings upkeepInterval(Duration interval) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        maxLifetime,
        interval,
        maxConcurrentOpens);
  }

  /** These settings with a bound on opens at once. */
  public Settings maxConcurrentOpens(int opens) {
    return new Settings(
        driverClass,
        url,
        user,
        password,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        opens);
  }

  /** These settings with another password. */
  public Settings password(String other) {
    return new Settings(
        driverClass,
        url,
        user,
        other,
        minSize,
        maxSize,
        acquireTimeout,
        checkOnAcquire,
        callTimeout,
        idleTimeout,
        maxLifetime,
        upkeepInterval,
        maxConcurrentOpens);
  }

  /** Says where it is, without the password. */
  @Override
  public String toString() {
    return url + ", " + minSize + " to " + maxSize;
  }
}
