package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.PoolWarnings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What borrowers provoke does not flood the log, and a log that blocks does not hold them up. */
class PoolWarningsTest {
  private static final long LIMIT_SECONDS = 30;
  private static final Pattern LOGGER = Pattern.compile("getLogger\\(([^)]*)\\)");

  private final Logger logger = Logger.getLogger("dev.sluice.jdbc");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CountDownLatch open = new CountDownLatch(1);
  private volatile boolean blocks;
  private @Nullable Level before;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getMessage().contains("'warned'")) {
            lines.add(record.getMessage());
            if (blocks) {
              awaitOpen();
            }
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private void awaitOpen() {
    try {
      assertThat(open.await(2 * LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @BeforeEach
  void listen() {
    before = logger.getLevel();
    logger.setLevel(Level.INFO);
    logger.addHandler(handler);
  }

  @AfterEach
  void hush() {
    open.countDown();
    logger.removeHandler(handler);
    logger.setLevel(before);
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static void provoke(PoolWarnings warnings, Kind kind) {
    if (warnings.passes(kind)) {
      warnings.warn("provoked " + kind, null);
    }
  }

  @Test
  void knownBug51EachKindGetsOneLineASecondAndTheRestIsCounted() throws Exception {
    PoolWarnings warnings = new PoolWarnings("pool 'warned'");

    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      for (Kind kind : Kind.values()) {
        provoke(warnings, kind);
      }
    }
    long took = System.nanoTime() - start;

    int kinds = Kind.values().length;
    await(() -> lines.size() >= 2 * kinds, "a line and a count of each kind");
    long most = 2 * (2 + TimeUnit.NANOSECONDS.toSeconds(took));
    assertThat(lines).hasSizeLessThanOrEqualTo((int) most * kinds);
    assertThat(lines).contains("pool 'warned': provoked OPEN_TRANSACTION");
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    "pool 'warned': connections returned in an open transaction: \\d+ more"));
  }

  @Test
  void knownBug51NothingIsLostInTheCount() throws Exception {
    PoolWarnings warnings = new PoolWarnings("pool 'warned'");

    for (int i = 0; i < 1_000; i++) {
      provoke(warnings, Kind.CLOSED_TWICE);
    }

    await(() -> told() == 1_000, "all of them, be it in a line or in a count");
  }

  private int told() {
    int told = 0;
    for (String line : lines) {
      Matcher count = Pattern.compile(": (\\d+) more").matcher(line);
      told += count.find() ? Integer.parseInt(count.group(1)) : 1;
    }
    return told;
  }

  @Test
  void knownBug47BorrowersGoOnWhileTheLogBlocks() throws Exception {
    PoolWarnings warnings = new PoolWarnings("pool 'warned'");
    blocks = true;
    provoke(warnings, Kind.OPEN_TRANSACTION);
    await(() -> !lines.isEmpty(), "the first line, at which the log blocks");

    for (int i = 0; i < 10_000; i++) { // would never end on this thread
      provoke(warnings, Kind.OPEN_TRANSACTION);
      provoke(warnings, Kind.CLASSIFIER_FAILED);
    }

    assertThat(lines).hasSize(1);
    blocks = false;
    open.countDown();
    await(() -> told() == 20_001, "all that was held back");
  }

  /** The two loggers that docs/operations.md names. */
  @Test
  void loggersAreTheTwoThatAreDocumented() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module : List.of("../pool", "../jdbc")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          Matcher logger = LOGGER.matcher(Files.readString(file));
          while (logger.find()) {
            found.add(file.getFileName() + " " + logger.group(1));
          }
        }
      }
    }

    assertThat(found)
        .containsExactlyInAnyOrder(
            "Announcer.java \"dev.sluice.pool\"",
            "GlobalListeners.java \"dev.sluice.pool\"",
            "JdbcDataSource.java \"dev.sluice\"",
            "Keeper.java \"dev.sluice.pool\"",
            "Log.java NAME");
    String documented = Files.readString(Path.of("../docs/operations.md"));
    assertThat(documented).contains("`dev.sluice.pool`", "`dev.sluice.jdbc`");
  }
}
