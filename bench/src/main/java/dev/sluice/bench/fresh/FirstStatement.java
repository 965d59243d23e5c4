package dev.sluice.bench.fresh;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.Peers;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import java.sql.Connection;
import java.sql.Statement;

/**
 * From {@code main} to the first statement on the stub driver, which connects at once: {@code
 * FirstStatement <pool>}. The pool has one to eight connections.
 */
public final class FirstStatement {
  private static final int MAX = 8;

  private FirstStatement() {}

  /** Prints the nanoseconds that it took. */
  public static void main(String[] arguments) throws Exception {
    long begin = System.nanoTime();
    OpenPool pool = Peers.open(arguments[0], PoolShape.between(Target.STUB, 1, MAX));
    try (Connection connection = pool.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE t SET v = v + 1");
    }
    Answer.print(System.nanoTime() - begin);
  }
}
