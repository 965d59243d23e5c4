package dev.sluice.faults;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
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
import java.util.concurrent.CountDownLatch;

/**
 * An application with a pool, in a process that bad things are done to. Arguments: URL, user,
 * password, name, size. Commands on its input, answers on its output, one line each.
 */
final class ChildApp {
  /** Opened when the pool raises its epoch. */
  private static final CountDownLatch PAUSED = new CountDownLatch(1);

  private final SluiceDataSource pool;
  private final List<Connection> held = new ArrayList<>();
  private final List<Object> hoard = new ArrayList<>();

  private ChildApp(SluiceDataSource pool) {
    this.pool = pool;
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
      case "return" -> giveBack();
      case "use" -> use();
      case "watch" -> watch();
      case "hoard-files" -> hoardFiles();
      case "hoard-memory" -> hoardMemory();
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

  /** Waits until the process was paused and the pool has noticed it; then uses what it gets. */
  private void watch() throws SQLException {
    System.out.println("WATCHING");
    long last = System.nanoTime();
    try {
      while (System.nanoTime() - last < 5_000_000_000L) {
        last = System.nanoTime();
        Thread.sleep(5);
      }
      PAUSED.await();
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

  private void free() throws IOException {
    for (Object each : hoard) {
      if (each instanceof FileInputStream file) {
        file.close();
      }
    }
    hoard.clear();
  }

  private static String flat(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      text.append(String.valueOf(t.getMessage()).replace('\n', ' ')).append(" <- ");
    }
    return text.toString();
  }
}
