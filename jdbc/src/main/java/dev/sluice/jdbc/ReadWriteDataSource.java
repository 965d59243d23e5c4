package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source over a primary and its replicas, each with its own pool. Connections for writing
 * come from the primary, those for reading from the least busy replica. It does not own the pools:
 * close them yourself. Thread-safe.
 *
 * <p>Reads continue while hosts are away. A read waits 250 ms for a replica that serves nobody (1 s
 * if all its connections are out), and then also asks the next one, the primary last. It takes the
 * first connection that comes. From then on the silent host is asked last. Reads send it a probe,
 * at most one a second, until a checked connection comes from it. Reads wait for a replica that is
 * only busy.
 *
 * <p>A replica lags behind its primary. Code that must see its own writes should read from {@link
 * #forWrites}.
 */
public final class ReadWriteDataSource implements DataSource {
  private final SluiceDataSource primary;
  private final ReadHost primaryHost;
  private final List<ReadHost> replicas;
  private final DataSource reads = new Reads();

  private ReadWriteDataSource(SluiceDataSource primary, List<SluiceDataSource> replicas) {
    this.primary = primary;
    this.primaryHost = new ReadHost(primary);
    this.replicas = replicas.stream().map(ReadHost::new).toList();
  }

  /** Combines a primary and its replicas. Without replicas, the primary serves reads too. */
  public static ReadWriteDataSource of(SluiceDataSource primary, SluiceDataSource... replicas) {
    return new ReadWriteDataSource(primary, List.of(replicas));
  }

  /** The primary. */
  public SluiceDataSource forWrites() {
    return primary;
  }

  /** Read-only connections, from a replica if possible. */
  public DataSource forReads() {
    return reads;
  }

  /** Lends a connection to the primary, as {@link SluiceDataSource#getConnection()} does. */
  @Override
  public Connection getConnection() throws SQLException {
    return primary.getConnection();
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return primary.getConnection(user, password);
  }

  private Connection forReading() throws SQLException {
    return new ReadRace(primary.name(), order()).run();
  }

  /**
   * A host at the moment of a read, with copies of two figures that may change during the
   * comparison.
   */
  private record Candidate(ReadHost host, int rank, double load) {
    static Candidate of(ReadHost host, int rank) {
      host.probeIfDue();
      return new Candidate(host, host.isDown() ? rank + 2 : rank, host.load());
    }
  }

  /** The replicas, the least busy first, then the primary, then the hosts that did not serve. */
  private List<ReadHost> order() {
    List<Candidate> order = new ArrayList<>(replicas.size() + 1);
    for (ReadHost replica : replicas) {
      order.add(Candidate.of(replica, 0));
    }
    order.add(Candidate.of(primaryHost, 1));
    order.sort(Comparator.comparingInt(Candidate::rank).thenComparingDouble(Candidate::load));
    return order.stream().map(Candidate::host).toList();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return primary.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    primary.setLogWriter(out);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return primary.getLoginTimeout();
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    primary.setLoginTimeout(seconds);
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return primary.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : primary.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || primary.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "ReadWriteDataSource[primary " + primary + ", replicas " + replicas + "]";
  }

  /** The replicas as a data source. */
  private final class Reads implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return forReading();
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password)
        throws SQLException {
      throw new SQLFeatureNotSupportedException(
          "the replicas' connections belong to the users that their pools are configured with",
          SqlStates.NOT_SUPPORTED);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
      return ReadWriteDataSource.this.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
      ReadWriteDataSource.this.setLogWriter(out);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
      return ReadWriteDataSource.this.getLoginTimeout();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
      ReadWriteDataSource.this.setLoginTimeout(seconds);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      return ReadWriteDataSource.this.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      return ReadWriteDataSource.this.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
      return ReadWriteDataSource.this.isWrapperFor(type);
    }

    @Override
    public String toString() {
      return ReadWriteDataSource.this + " for reads";
    }
  }
}
