package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Toxics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 5: the connection ends in the middle of any message, or comes in single bytes. */
class WireFaultTest extends FaultTest {
  /** About what PostgreSQL says until it is ready, and a few small answers beyond that. */
  private static final int BYTES_TO_CLIENT = 640;

  private static final int BYTES_TO_SERVER = 420;

  private enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  @ParameterizedTest
  @CsvSource({"TO_CLIENT,RESET", "TO_CLIENT,CLOSE", "TO_SERVER,RESET", "TO_SERVER,CLOSE"})
  void fault05EndOfTheConnectionAtAnyByteIsAnErrorOfItsKindAndNeverAHang(
      Direction direction, Toxics.Cut how) throws Exception {
    int bytes = direction == Direction.TO_CLIENT ? BYTES_TO_CLIENT : BYTES_TO_SERVER;
    int points = scaled(16);
    try (Rig rig =
        Rig.postgres(
            b -> b.maxSize(1).backoffMin(Duration.ofMillis(1)).backoffMax(Duration.ofMillis(2)))) {
      List<String> ends = new ArrayList<>();
      for (int i = 0; i < points; i++) {
        int at = 1 + i * bytes / points;
        Toxics cut = Toxics.NONE.withCutAt(at, how);
        rig.proxy.newLinks(
            direction == Direction.TO_SERVER ? cut : Toxics.NONE,
            direction == Direction.TO_CLIENT ? cut : Toxics.NONE);

        String end = useUntilItEnds(rig);

        ends.add(at + ": " + end);
        assertThat(end).as("after byte %s", at).matches("fine|08.*|57P01");
        rig.proxy.newLinks(Toxics.NONE, Toxics.NONE);
        // On a slow machine an open may outlast its caller, and end on the link that will be cut.
        rig.settles();
        rig.pool.evictIdle(connection -> true);
        try (Connection fresh = rig.get()) {
          assertThat(Rig.one(fresh)).as("after the cut at %s", at).isEqualTo(1);
          rig.pool.evict(fresh);
        }
        rig.settles();
      }
      assertThat(ends).as("some cuts must hurt").anyMatch(end -> !end.endsWith("fine"));
    }
  }

  /** "fine", or the SQLSTATE of the failure. */
  private static String useUntilItEnds(Rig rig) {
    Attempt attempt = rig.attempt(millis(250));
    if (attempt.failure() != null) {
      return String.valueOf(attempt.failure().getSQLState());
    }
    try (Connection connection = attempt.connection()) {
      for (int i = 0; i < 12; i++) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
      return "fine";
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }

  @Test
  void fault05SingleBytesChangeNothing() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(2))) {
      rig.proxy.toxics(Toxics.NONE.withSlice(1));

      try (Connection one = rig.get();
          Connection other = rig.get()) {
        assertThat(Rig.one(one)).isEqualTo(1);
        assertThat(Rig.one(other)).isEqualTo(1);
      }

      rig.settles();
      assertThat(rig.pool.stats().openFailures()).isZero();
    }
  }

  /** Half a connection: the server can hear no more, or be heard no more. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void fault05HalfClosedConnectionIsNotLentAgain(boolean towardsClient) throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(1))) {
      try (Connection broken = rig.get()) {
        Rig.one(broken);
        rig.proxy.forAll(
            link -> {
              if (towardsClient) {
                link.halfCloseToClient();
              } else {
                link.halfCloseToServer();
              }
            });
        RestartFaultTest.assertBroken(RestartFaultTest.failureOf(() -> Rig.one(broken)));
      }

      rig.recovers();
      rig.settles();
      assertThat(rig.pool.stats().opened()).isEqualTo(2);
    }
  }
}
