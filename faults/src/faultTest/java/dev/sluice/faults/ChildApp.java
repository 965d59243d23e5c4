package dev.sluice.faults;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolListener;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * An application with a pool, in a process that bad things are done to. Arguments: URL, user,
 * password, name, size, and "strict" if it looks for pauses at each acquisition. Commands on its
 * input, answers on its output, one line each.
 */
final class ChildApp {
  /** Opened when the pool raises its epoch. */
  private static final CountDownLatch PAUSED = new CountDownLatch(1);

  private final SluiceDataSource pool;
  private final List<Connection> held = new ArrayList<>();
  private final List<Object> hoard = new ArrayList<>();
  private final boolean strict;
  private volatile boolean freed;

  private ChildApp(SluiceDataSource pool) {
    this.pool = pool;
    this.strict = pool.config().pool().strictResumeGuard();
  }

  public static void main(String[] arguments) throws Exception {
    SluiceDataSource pool =
        Sluice.dataSource(arguments[0])
            .user(arguments[1])
            .password(arguments[2])
            .name(arguments[3])
            .minSize(0)
            .maxSize(Integer.parseInt(arguments[4]))
            .validateAfterIdle(Duration.ofHours(1)) // so that only the resume guard can know
            .strictResumeGuard(arguments.length > 5)
            .backoffMin(Duration.ofMillis(5))
            .backoffMax(Duration.ofMillis(200))
            .listener(
                new PoolListener() {
                  @Override
                  public void epochRaised(String why) {
                    System.out.println("EPOCH " + why);
                    PAUSED.countDown();
                  }
                })
            .build();
    ChildApp app = new ChildApp(pool);
    System.out.println("READY");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      app.obey(line);
    }
    pool.close();
  }

  private void obey(String command) throws IOException, SQLException {
    switch (command) {
      case "hold" -> hold(Duration.ofSeconds(20));
      case "try-hold" -> hold(Duration.ofSeconds(2));
      case "hold-three" -> holdThree();
      case "return" -> giveBack();
      case "use" -> use();
      case "watch" -> watch();
      case "hoard-files" -> hoardFiles();
      case "hoard-memory" -> hoardMemory();
      case "hoard-threads" -> hoardThreads();
      case "free" -> {
        free();
        System.out.println("FREE");
      }
      default -> throw new IllegalArgumentException(command);
    }
  }

  private void hold(Duration timeout) {
    try {
      held.add(pool.getConnection(timeout));
      System.out.println("HELD " + held.size());
    } catch (SQLException e) {
      System.out.println("FAILED " + e.getClass().getSimpleName() + " " + flat(e));
    }
  }

  /** Three more at once, so that no one thread can open them. */
  private void holdThree() {
    List<CompletableFuture<Connection>> coming = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      coming.add(
          pool.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(5))));
    }
    String failed = "";
    for (CompletableFuture<Connection> each : coming) {
      try {
        held.add(each.join());
      } catch (CompletionException e) {
        failed = " " + flat(e);
      }
    }
    System.out.println("THREE " + held.size() + failed);
  }

  private void giveBack() throws SQLException {
    for (Connection each : held) {
      each.close();
    }
    held.clear();
    System.out.println("RETURNED " + pool.stats().idle());
  }

  /** Uses as many connections as the pool may have, at once, and says how that went. */
  private void use() {
    int worked = 0;
    try {
      for (int i = 0; i < pool.stats().maxSize(); i++) {
        held.add(pool.getConnection(Duration.ofSeconds(20)));
      }
      for (Connection each : held) {
        try (Statement statement = each.createStatement()) {
          statement.execute("SELECT 1");
          worked++;
        }
      }
      System.out.println("USED " + worked);
    } catch (SQLException e) {
      System.out.println(
          "FAILED after "
              + worked
              + " "
              + e.getClass().getSimpleName()
              + " "
              + flat(e)
              + pool.stats());
    }
  }

  /**
   * Waits until the process was paused and, unless each acquisition looks for that itself, the pool
   * has noticed it; then uses what it gets.
   */
  private void watch() throws SQLException {
    long last = System.nanoTime(); // before the answer, upon which the freeze may come at once
    System.out.println("WATCHING");
    try {
      for (long now = last; now - last < 5_000_000_000L; now = System.nanoTime()) {
        last = now;
        Thread.sleep(5);
      }
      if (!strict) {
        PAUSED.await();
      }
    } catch (InterruptedException e) {
      return;
    }
    use();
    giveBack();
  }

  /** Opens files until no descriptor is left. */
  private void hoardFiles() {
    int count = 0;
    try {
      while (true) {
        hoard.add(new FileInputStream("/dev/null"));
        count++;
      }
    } catch (IOException e) {
      System.out.println("HOARDED " + count + " " + e.getMessage());
    }
  }

  /** Fills the heap until nothing more goes in, down to small pieces. */
  private void hoardMemory() {
    long kilobytes = 0;
    for (int size = 1 << 20; size >= 1 << 10; size /= 2) {
      try {
        while (true) {
          hoard.add(new byte[size]);
          kilobytes += size >> 10;
        }
      } catch (OutOfMemoryError e) {
        // Smaller pieces may still go in.
      }
    }
    hoard.remove(hoard.size() - 1);
    System.out.println("HOARDED " + kilobytes);
  }

  /** Starts threads until there can be no more. */
  private void hoardThreads() {
    freed = false;
    int count = 0;
    try {
      while (true) {
        Thread thread = new Thread(this::restUntilFreed, "hoarded");
        thread.setDaemon(true);
        thread.start();
        hoard.add(thread);
        count++;
      }
    } catch (OutOfMemoryError e) {
      System.out.println("HOARDED " + count + " " + e.getMessage());
    }
  }

  private void restUntilFreed() {
    while (!freed) {
      LockSupport.park();
    }
  }

  private void free() throws IOException {
    freed = true;
    for (Object each : hoard) {
      if (each instanceof Thread thread) {
        end(thread);
      }
      if (each instanceof FileInputStream file) {
        file.close();
      }
    }
    hoard.clear();
  }

  private static void end(Thread thread) {
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String flat(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      text.append(String.valueOf(t.getMessage()).replace('\n', ' ')).append(" <- ");
    }
    return text.toString();
  }
}
