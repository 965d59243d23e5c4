package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.pool.SizingAdvice.Confidence;
import dev.sluice.pool.SizingAdvice.Limit;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Following the advice leads to within 5 % of the best size that trying all sizes finds. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // all of it is computing
class AdviceSimulationTest {
  private static final int CALLERS = 64;
  private static final double MILLI = 1e6;

  /** How long a lease lasts on average, by how many are out. */
  @SuppressWarnings("ImmutableEnumChecker") // a pure function
  enum Server {
    /** Works on eight at once, and then in turns. */
    FLAT(n -> 10 * MILLI * Math.max(1, n / 8.0)),
    /** The same, and each beyond the eighth costs all of them 2 %. */
    SLOWER(n -> 10 * MILLI * Math.max(1, n / 8.0) * (1 + 0.02 * Math.max(0, n - 8))),
    /** The same, and each costs 10 %. */
    MUCH_SLOWER(n -> 10 * MILLI * Math.max(1, n / 8.0) * (1 + 0.1 * Math.max(0, n - 8))),
    /** Contention and coherence from the first on, by the universal scalability law. */
    GRADUAL(n -> 10 * MILLI * (1 + 0.05 * (n - 1) + 0.002 * n * (n - 1))),
    /** Far away: all of it is waiting for the network. */
    DISTANT(n -> 10 * MILLI);

    private final IntToDoubleFunction use;

    Server(IntToDoubleFunction use) {
      this.use = use;
    }
  }

  private static final Map<Server, Double> BEST = new EnumMap<>(Server.class);

  private static double best(Server server) {
    return BEST.computeIfAbsent(server, AdviceSimulationTest::tryAllSizes);
  }

  private static double tryAllSizes(Server server) {
    double best = 0;
    for (int size = 1; size <= CALLERS; size++) {
      best = Math.max(best, throughput(server, size));
    }
    return best;
  }

  private static double throughput(Server server, int size) {
    try {
      AdviceSimulation sim = new AdviceSimulation(7, size, server.use).crowd(CALLERS);
      double throughput = sim.throughput();
      sim.end();
      return throughput;
    } catch (AcquireException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FLAT, 2",
    "FLAT, 48",
    "SLOWER, 2",
    "SLOWER, 48",
    "MUCH_SLOWER, 2",
    "MUCH_SLOWER, 48",
    "GRADUAL, 2",
    "GRADUAL, 60",
    "DISTANT, 3",
    "DISTANT, 64"
  })
  void adviceLeadsToTheBestSize(Server server, int start) throws Exception {
    for (int seed = 1; seed <= 3; seed++) {
      AdviceSimulation sim = new AdviceSimulation(seed, start, server.use).crowd(CALLERS);

      SizingAdvice last = sim.follow();

      assertThat(sim.throughput()).as("seed %d: %s", seed, last).isGreaterThan(0.95 * best(server));
      assertThat(last.trial()).isFalse();
      sim.end();
    }
  }

  /** The comparison is worth nothing if any size would do. */
  @Test
  void sizesFromWhichItStartsAreFarFromTheBest() {
    assertThat(throughput(Server.FLAT, 2)).isLessThan(0.3 * best(Server.FLAT));
    assertThat(throughput(Server.MUCH_SLOWER, 48)).isLessThan(0.3 * best(Server.MUCH_SLOWER));
    assertThat(throughput(Server.GRADUAL, 60)).isLessThan(0.8 * best(Server.GRADUAL));
  }

  @Test
  void saturatedPoolThatIsTooLargeLearnsThatTheServerIsTheLimit() throws Exception {
    AdviceSimulation sim = new AdviceSimulation(1, 48, Server.MUCH_SLOWER.use).crowd(CALLERS);

    SizingAdvice first = sim.advice();
    SizingAdvice last = sim.follow();

    assertThat(first.trial()).isTrue();
    assertThat(first.limit()).isEqualTo(Limit.UNKNOWN);
    assertThat(first.confidence()).isEqualTo(Confidence.LOW);
    assertThat(first.text()).startsWith("Try maxSize 32").contains("one size alone cannot show");
    assertThat(last.limit()).isEqualTo(Limit.SERVER);
    assertThat(last.sizesKnown()).isGreaterThan(2);
    assertThat(last.confidence()).isGreaterThanOrEqualTo(Confidence.MEDIUM);
    assertThat(last.text()).startsWith("Keep maxSize " + last.size());
    sim.end();
  }

  /** 400 a second for 20 ms each keep 8 busy; three times the square root of that is 8.5. */
  @Test
  void poolForWhichNobodyWaitsNeedsWhatLittleSays() throws Exception {
    AdviceSimulation sim = new AdviceSimulation(1, 50, n -> 20 * MILLI).arrivals(400);

    SizingAdvice advice = sim.adviceAfter(TimeUnit.SECONDS.toNanos(90));
    sim.resize(advice.advisedSize());
    double throughput = sim.throughput();

    assertThat(advice.busy()).isCloseTo(8, within(0.8));
    assertThat(advice.useTime().toNanos() / MILLI).isCloseTo(20, within(2.0));
    assertThat(advice.advisedSize()).isBetween(16, 24);
    assertThat(advice.limit()).isEqualTo(Limit.CALLERS);
    assertThat(advice.confidence()).isEqualTo(Confidence.MEDIUM);
    assertThat(advice.gain()).isZero();
    assertThat(advice.text())
        .startsWith("maxSize " + advice.advisedSize() + " would do instead of 50")
        .contains("That gains no throughput");
    assertThat(throughput).isCloseTo(400, within(20.0));
    assertThat(sim.advice().advisedSize()).isEqualTo(advice.advisedSize());
    sim.end();
  }

  @Test
  void poolThatIsTooSmallForTheWavesOfItsCallersIsToGrow() throws Exception {
    AdviceSimulation sim = new AdviceSimulation(1, 9, n -> 20 * MILLI).arrivals(380);

    SizingAdvice advice = sim.adviceAfter(TimeUnit.SECONDS.toNanos(60));
    sim.resize(advice.advisedSize());
    SizingAdvice after = sim.adviceAfter(TimeUnit.SECONDS.toNanos(60));

    assertThat(advice.limit()).isEqualTo(Limit.POOL);
    assertThat(advice.advisedSize()).isBetween(14, 20);
    assertThat(advice.text()).contains("too small for the waves in which they come");
    assertThat(after.waitTime()).isLessThan(advice.waitTime().dividedBy(10));
    assertThat(after.advisedSize()).isEqualTo(after.size());
    sim.end();
  }
}
