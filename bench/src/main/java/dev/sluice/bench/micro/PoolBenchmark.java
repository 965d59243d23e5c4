package dev.sluice.bench.micro;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A pool of {@value #SIZE} connections to the stub driver, and what one caller does with it. */
@SuppressWarnings("NullAway.Init") // JMH calls open() first.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PoolBenchmark {
  /** How many connections the pool has. */
  public static final int SIZE = 32;

  private static final String SQL = "SELECT v FROM t WHERE id = ?";

  /** The name of a {@link PoolKind}. */
  @Param("HIKARI")
  public String pool = "";

  private OpenPool open;
  private DataSource dataSource;

  /** Opens the pool. */
  @Setup
  public void open() throws Exception {
    open = PoolKind.valueOf(pool).open(PoolShape.fixed(Target.STUB, SIZE));
    dataSource = open.dataSource();
  }

  /** Closes the pool. */
  @TearDown
  public void close() throws Exception {
    open.close();
  }

  /** Borrows and returns; the connection escapes, as it does in any program. */
  @Benchmark
  public Connection cycle() throws SQLException {
    Connection connection = dataSource.getConnection();
    connection.close();
    return connection;
  }

  /** Borrows, runs one query of one row, and closes everything. */
  @Benchmark
  public int query() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(SQL)) {
      statement.setInt(1, 7);
      try (ResultSet rows = statement.executeQuery()) {
        int sum = 0;
        while (rows.next()) {
          sum += rows.getInt(1);
        }
        return sum;
      }
    }
  }
}
