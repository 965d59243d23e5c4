package dev.sluice.bench.fresh;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.Peers;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/**
 * Callers at once that keep what they get, of an empty pool, in a JVM that has called no pool
 * before: {@code FirstRamp <pool> <callers> <nanoseconds to connect>}.
 */
public final class FirstRamp {
  private FirstRamp() {}

  /** Prints the nanoseconds until the last was served, and how many connections were opened. */
  public static void main(String[] arguments) throws Exception {
    int callers = Integer.parseInt(arguments[1]);
    OpenPool pool = Peers.open(arguments[0], PoolShape.between(Target.STUB, 0, callers));
    StubServer.connectNanos(Long.parseLong(arguments[2]));
    CountDownLatch ready = new CountDownLatch(callers);
    CountDownLatch go = new CountDownLatch(1);
    Caller[] all = new Caller[callers];
    for (int i = 0; i < callers; i++) {
      all[i] = new Caller(pool.dataSource(), ready, go);
      all[i].start();
    }
    ready.await();
    long begin = System.nanoTime();
    go.countDown();
    long last = 0;
    for (Caller caller : all) {
      caller.join();
      last = Math.max(last, caller.servedAt() - begin);
    }
    Answer.print(last, StubServer.opened());
  }

  /** One caller; what it gets it keeps until the JVM ends. */
  private static final class Caller extends Thread {
    private final DataSource dataSource;
    private final CountDownLatch ready;
    private final CountDownLatch go;
    private long servedAt;
    private boolean served;

    Caller(DataSource dataSource, CountDownLatch ready, CountDownLatch go) {
      this.dataSource = dataSource;
      this.ready = ready;
      this.go = go;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // kept on purpose
    public void run() {
      ready.countDown();
      try {
        go.await();
        served = dataSource.getConnection() != null;
        servedAt = System.nanoTime();
      } catch (SQLException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    long servedAt() {
      if (!served) {
        throw new IllegalStateException("a caller was not served");
      }
      return servedAt;
    }
  }
}
