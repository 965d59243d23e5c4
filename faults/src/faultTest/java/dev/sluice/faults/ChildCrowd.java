package dev.sluice.faults;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.FakeDatabase;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A crowd on a pool of five, on virtual threads where the JVM has them. Argument: how many. */
final class ChildCrowd {
  private static final int PLATFORM_THREADS_MAX = 1_000;
  private static final int SECONDS = 4;
  private static final long USE_NANOS = 10_000;

  private ChildCrowd() {}

  public static void main(String[] arguments) throws Exception {
    boolean virtual = Runtime.version().feature() >= 21;
    int wanted = Integer.parseInt(arguments[0]);
    int callers = virtual ? wanted : Math.min(wanted, PLATFORM_THREADS_MAX);
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource pool =
            Sluice.dataSource(db.url())
                .maxSize(5)
                .minSize(0)
                .acquireTimeout(Duration.ofMinutes(2))
                .build()) {
      AtomicInteger served = new AtomicInteger();
      CountDownLatch done = new CountDownLatch(callers);
      List<Connection> kept = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        kept.add(pool.getConnection());
      }
      ThreadFactory threads = virtual ? virtualThreads() : Thread::new;
      for (int i = 0; i < callers; i++) {
        threads.newThread(() -> use(pool, served, done)).start();
      }
      while (pool.stats().waiting() < callers) {
        Thread.sleep(5);
      }
      long idle = leastCpuMillisInASecond();
      for (Connection each : kept) {
        each.close();
      }
      if (!done.await(100, TimeUnit.SECONDS)) {
        System.out.println("STUCK " + pool.dump().replace('\n', ' '));
      }
      System.out.println("SERVED " + served + " " + callers + " " + db.mostOpen());
      System.out.println("IDLE CPU MS " + idle);
    }
  }

  /** By reflection: this class is compiled for older JVMs too. */
  private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    return (ThreadFactory) type.getMethod("factory").invoke(builder);
  }

  private static void use(SluiceDataSource pool, AtomicInteger served, CountDownLatch done) {
    try {
      pool.useConnection(connection -> LockSupport.parkNanos(USE_NANOS));
      served.incrementAndGet();
    } catch (SQLException e) {
      System.out.println("FAILED " + e.getMessage());
    } finally {
      done.countDown();
    }
  }

  /** In the quietest of a few: in the first, the compiler may still be at work. */
  private static long leastCpuMillisInASecond() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < SECONDS; i++) {
      least = Math.min(least, cpuMillisInASecond());
    }
    return least;
  }

  private static long cpuMillisInASecond() throws InterruptedException {
    com.sun.management.OperatingSystemMXBean os =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long before = os.getProcessCpuTime();
    Thread.sleep(1_000);
    return (os.getProcessCpuTime() - before) / 1_000_000;
  }
}
