package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.ReadWriteDataSource;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 36 of faults.md: of a primary and its replicas some are away. Callers wait 10 s if need be.
 */
class ReplicaFaultTest extends FaultTest {
  /** What one host that has just fallen silent may cost a read, on a machine that is busy. */
  private static final Duration PER_HOST = Duration.ofSeconds(1);

  private final Rig primary = rig();
  private final Rig one = rig();
  private final Rig two = rig();
  private final ReadWriteDataSource both = ReadWriteDataSource.of(primary.pool, one.pool, two.pool);

  private static Rig rig() {
    return Rig.postgres(b -> b.maxSize(4).validateAfterIdle(Duration.ZERO));
  }

  /** A way for a host to be away, and its end. */
  enum Away {
    REFUSING {
      @Override
      void begin(Rig rig) {
        rig.proxy.accepting(Accept.REFUSE);
        rig.proxy.resetAll();
      }

      @Override
      void end(Rig rig) {
        rig.proxy.heal();
      }
    },
    FROZEN {
      @Override
      void begin(Rig rig) {
        rig.proxy.blackHole();
      }

      @Override
      void end(Rig rig) {
        rig.proxy.heal();
        rig.proxy.resetAll();
      }
    },
    SUSPENDED {
      @Override
      void begin(Rig rig) {
        rig.pool.suspend();
      }

      @Override
      void end(Rig rig) {
        rig.pool.resume();
      }
    };

    abstract void begin(Rig rig);

    abstract void end(Rig rig);
  }

  @BeforeEach
  void fill() throws SQLException {
    for (Rig rig : List.of(primary, one, two)) {
      rig.fill(2);
    }
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
    primary.close();
  }

  /** Reads once; the name of the pool that served. */
  private String read() throws SQLException {
    try (Connection connection = both.forReads().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW application_name")) {
      assertThat(connection.isReadOnly()).isTrue();
      rows.next();
      return rows.getString(1);
    }
  }

  /** Reads some times, each within what {@code silent} hosts may cost it; who served. */
  private Set<String> reads(int silent) throws SQLException {
    Set<String> served = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      long start = System.nanoTime();
      served.add(read());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertThat(took)
          .as("read %d", i)
          .isLessThan(PER_HOST.multipliedBy(silent).plusMillis(500).plus(StallMeter.since(start)));
    }
    return served;
  }

  private void comesBack(Rig rig) {
    Eventually.await(() -> read().equals(rig.name), "the replica serves again by itself");
  }

  @ParameterizedTest
  @EnumSource
  void knownBug43DeadReplicaIsNotAskedFirstAndComesBack(Away away) throws Exception {
    away.begin(one);
    try {
      assertThat(reads(1)).containsExactly(two.name);
    } finally {
      away.end(one);
    }
    comesBack(one);
  }

  @ParameterizedTest
  @EnumSource
  void knownBug43PrimaryServesReadsWhileAllReplicasAreAway(Away away) throws Exception {
    away.begin(one);
    away.begin(two);
    try {
      assertThat(reads(2)).containsExactly(primary.name);
    } finally {
      away.end(one);
      away.end(two);
    }
    comesBack(one);
  }

  @ParameterizedTest
  @EnumSource
  void knownBug43ReadsGoOnWithoutThePrimary(Away away) throws Exception {
    away.begin(primary);
    try {
      assertThat(reads(0)).doesNotContain(primary.name);
    } finally {
      away.end(primary);
    }
  }

  @Test
  void knownBug43ClosedReplicaCostsNothing() throws Exception {
    one.pool.close();

    assertThat(reads(0)).containsExactly(two.name);
  }

  /** All its connections are with borrowers that hang in it. */
  @Test
  void knownBug43ReplicaThatFrozeUnderItsBorrowersIsPassedBy() throws Exception {
    for (int i = 0; i < 4; i++) {
      one.get();
      two.get();
    }
    assertThat(reads(2)).containsExactly(primary.name);
  }

  /** A crowd on replicas that work stays there, however long it must wait. */
  @Test
  void busyReplicasAreWaitedFor() throws Exception {
    long before = primary.pool.stats().acquired();
    var crowd =
        java.util.stream.IntStream.range(0, 40)
            .mapToObj(
                i ->
                    async(
                        () -> {
                          try (Connection connection = both.forReads().getConnection()) {
                            Rig.run(connection, "SELECT pg_sleep(0.15)");
                          }
                          return i;
                        }))
            .toList();

    for (var caller : crowd) {
      result(caller);
    }

    assertThat(primary.pool.stats().acquired()).isEqualTo(before);
  }

  @Test
  void readFailsWithEveryCauseWhenAllAreAway() {
    for (Rig rig : List.of(primary, one, two)) {
      Away.REFUSING.begin(rig);
    }

    assertThatThrownBy(this::read)
        .isInstanceOf(SQLException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
  }
}
