package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutingConfig.Declared;
import dev.sluice.jdbc.RoutingConfig.Host;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Sets the options of a {@link RoutingDataSource}. Not thread-safe. {@link #toConfig} and {@link
 * #build} check them together.
 *
 * <p>Each host gets a pool of its own, with the sizes and timeouts that its configuration says. The
 * routing decides two of its options: {@code requiredRole}, and {@code readOnly} while the host is
 * a replica. A pool whose start policy is FAIL_FAST starts like LAZY, because one host that is away
 * must not keep an application from starting: see {@link RoutingDataSource#awaitReady}. Beside its
 * pool, each host gets one connection more, for the checks.
 */
public final class RoutingBuilder {
  private final RoutingValues values = new RoutingValues();

  RoutingBuilder() {}

  /** The name for messages and logs. Default {@code routing}. */
  public RoutingBuilder name(String name) {
    values.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /**
   * Adds the host that is the primary, until a check says otherwise. PostgreSQL, MariaDB and MySQL
   * tell their roles; of other databases this host stays the primary.
   */
  public RoutingBuilder primary(SluiceConfig pool) {
    return add(pool, Declared.PRIMARY);
  }

  /** Like {@link #primary(SluiceConfig)}. */
  public RoutingBuilder primary(SluiceBuilder pool) {
    return primary(pool.toConfig());
  }

  /** Adds a host that is a replica, until a check says otherwise. */
  public RoutingBuilder replica(SluiceConfig pool) {
    return add(pool, Declared.REPLICA);
  }

  /** Like {@link #replica(SluiceConfig)}. */
  public RoutingBuilder replica(SluiceBuilder pool) {
    return replica(pool.toConfig());
  }

  /** Adds a host whose role is found out. PostgreSQL, MariaDB and MySQL tell it. */
  public RoutingBuilder host(SluiceConfig pool) {
    return add(pool, Declared.NOTHING);
  }

  /** Like {@link #host(SluiceConfig)}. */
  public RoutingBuilder host(SluiceBuilder pool) {
    return host(pool.toConfig());
  }

  /**
   * Adds a host for each one that a URL names, as in {@code
   * jdbc:postgresql://db1:5432,db2:5432/app}. Their roles are found out. Each gets a pool with
   * these options; its name ends in {@code -1}, {@code -2} and so on.
   *
   * @throws SluiceConfigException if the URL does not have that form
   */
  public RoutingBuilder hosts(SluiceConfig pool) {
    HostUrls.of(pool).forEach(this::host);
    return this;
  }

  /** Like {@link #hosts(SluiceConfig)}. */
  public RoutingBuilder hosts(SluiceBuilder pool) {
    return hosts(pool.toConfig());
  }

  /**
   * Adds a host for each section {@code [pool.NAME]} of a file, which is read as {@link
   * Pools#fromFile} does. Their roles are found out.
   *
   * @throws SluiceConfigException if the file cannot be read or has problems
   */
  public RoutingBuilder hosts(Path file) {
    PoolsFile.read(file).values().forEach(this::host);
    return this;
  }

  private RoutingBuilder add(SluiceConfig pool, Declared role) {
    values.hosts.add(new Host(Objects.requireNonNull(pool, "pool"), role));
    return this;
  }

  /** Which of several replicas is asked first. Default LEAST_BUSY. */
  public RoutingBuilder balance(RoutingConfig.Balance balance) {
    values.balance = Objects.requireNonNull(balance, "balance");
    return this;
  }

  /** Whether the primary serves reads when no replica can. Default true. */
  public RoutingBuilder fallBackToPrimary(boolean fallBackToPrimary) {
    values.fallBackToPrimary = fallBackToPrimary;
    return this;
  }

  /**
   * How long a borrower waits in all: for a failover, for a replica, and for a free connection, on
   * however many hosts. 0 to 3,650 days. Default: the acquire timeout of the first host's pool.
   */
  public RoutingBuilder acquireTimeout(Duration acquireTimeout) {
    values.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
    return this;
  }

  /**
   * The time between two checks of a host's role and position. While there is no primary and
   * borrowers wait for one, checks are up to ten times a second. 10 ms to 1 hour. Default 1 s.
   */
  public RoutingBuilder checkInterval(Duration checkInterval) {
    values.checkInterval = Objects.requireNonNull(checkInterval, "checkInterval");
    return this;
  }

  /**
   * How long a check may take, connecting included, before the host is ejected. 10 ms to 1 hour.
   * Default 1 s.
   */
  public RoutingBuilder checkTimeout(Duration checkTimeout) {
    values.checkTimeout = Objects.requireNonNull(checkTimeout, "checkTimeout");
    return this;
  }

  /**
   * The longest pause between two checks of an ejected host. It doubles with each check that fails.
   * While there is no primary, ejected hosts are checked like all others. 10 ms to 1 hour. Default
   * 10 s.
   */
  public RoutingBuilder backoffMax(Duration backoffMax) {
    values.backoffMax = Objects.requireNonNull(backoffMax, "backoffMax");
    return this;
  }

  /**
   * How far a replica may be behind the primary in time. A check finds the last moment whose
   * commits the replica has all replayed. So this must be at least twice {@link #checkInterval}.
   * MySQL tells it in whole seconds. A replica whose lag is unknown is not used. Default: no limit.
   */
  public RoutingBuilder maxLag(Duration maxLag) {
    values.maxLag = Objects.requireNonNull(maxLag, "maxLag");
    return this;
  }

  /**
   * How many bytes of PostgreSQL's log a replica may have yet to replay; 1 or more. Default: no
   * limit.
   */
  public RoutingBuilder maxLagBytes(long maxLagBytes) {
    values.maxLagBytes = maxLagBytes;
    return this;
  }

  /**
   * How {@linkplain RoutingDataSource#session() sessions} read their own writes. Default {@link
   * ReadYourWrites#DEFAULT}.
   */
  public RoutingBuilder readYourWrites(ReadYourWrites readYourWrites) {
    values.readYourWrites = Objects.requireNonNull(readYourWrites, "readYourWrites");
    return this;
  }

  /**
   * Whether the data source itself is one session, so that every read sees what was committed
   * through this data source before. For frameworks that know only one data source. Default false.
   */
  public RoutingBuilder sharedSession(boolean sharedSession) {
    values.sharedSession = sharedSession;
    return this;
  }

  /**
   * Checks all options together and returns the configuration.
   *
   * @throws SluiceConfigException if the options are invalid; the message lists every problem
   */
  public RoutingConfig toConfig() {
    List<String> problems = RoutingChecks.problems(values);
    if (!problems.isEmpty()) {
      throw new SluiceConfigException(
          "routing '" + values.name + "': invalid configuration", problems);
    }
    return new RoutingConfig(values);
  }

  /**
   * Builds the data source and starts checking the hosts.
   *
   * @throws SluiceConfigException if the options are invalid; the message lists every problem
   */
  public RoutingDataSource build() {
    return RoutingDataSource.create(toConfig());
  }

  /** Shows only the name. */
  @Override
  public String toString() {
    return "RoutingBuilder{" + values.name + "}";
  }
}
