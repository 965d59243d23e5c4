package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.pool.OverloadSimulation.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each policy makes of overload, and of bursts that are none; docs/overload.md shows the
 * figures. {@code -Ddocs.write=true} writes them there.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // all of it is computing
class OverloadSimulationTest {
  private static final int SEEDS = 5;
  private static final double CAPACITY = 500;
  private static final Path PAGE = Path.of("..", "docs", "overload.md");
  private static final String BEGIN = "<!-- figures by OverloadSimulationTest -->\n";
  private static final String END = "<!-- end of figures -->\n";

  private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

  private record Policy(String name, PoolConfig.Builder config) {}

  private static PoolConfig.Builder patient() {
    return PoolConfig.builder()
        .acquireTimeout(Duration.ofSeconds(30))
        .slowAcquireThreshold(Duration.ZERO);
  }

  private static PoolConfig.Builder codel() {
    return patient().overload(Overload.CODEL);
  }

  private static List<Policy> policies() {
    return List.of(
        new Policy("`acquireTimeout` 30 s", patient()),
        new Policy("`acquireTimeout` 1 s", patient().acquireTimeout(Duration.ofSeconds(1))),
        new Policy("`maxWaiters` 50", patient().maxWaiters(50)),
        new Policy("`overload` 50 ms / 2 s", codel()),
        new Policy(
            "`overload` 50 ms / 500 ms",
            patient().overload(new Overload(Duration.ofMillis(50), Duration.ofMillis(500)))));
  }

  private static double mean(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    return outcomes.stream().mapToDouble(figure).average().orElseThrow();
  }

  private static List<Outcome> overload(PoolConfig.Builder config, double serviceFactor)
      throws AcquireException {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      outcomes.add(OverloadSimulation.overload(seed, config, 1.5, serviceFactor));
    }
    return outcomes;
  }

  @Test
  void codelKeepsTheCapacityAsGoodAnswersUnderOverload() throws Exception {
    List<Outcome> outcomes = overload(codel(), 1);

    assertThat(mean(outcomes, Outcome::offered)).isBetween(1.45 * CAPACITY, 1.55 * CAPACITY);
    assertThat(mean(outcomes, Outcome::good)).isGreaterThanOrEqualTo(0.98 * CAPACITY);
    assertThat(mean(outcomes, Outcome::waitP99)).isLessThan(110);
    assertThat(mean(outcomes, Outcome::recovery)).isLessThan(0.5);
  }

  /** The comparison is worth nothing if the pool would do as well without. */
  @Test
  void patientQueueKeepsNothingOfTheCapacityUnderOverload() throws Exception {
    assertThat(mean(overload(patient(), 1), Outcome::good)).isLessThan(0.02 * CAPACITY);
  }

  @Test
  void codelDropsNothingInAHarmlessBurst() throws Exception {
    for (int seed = 1; seed <= 20; seed++) {
      Outcome outcome = OverloadSimulation.bursts(seed, codel(), 0.5, 1, Duration.ofSeconds(1));
      assertThat(outcome.requests()).isGreaterThan(300);
      assertThat(outcome.failures()).as("seed %d", seed).isZero();
    }
  }

  /** The delay of a burst that is over was held against the next if nobody waited in between. */
  @ParameterizedTest
  @ValueSource(longs = {2_000, 2_700, 3_600, 4_000, 4_400, 5_100})
  void codelDropsNothingInBurstsWithAPauseInBetween(long millisApart) throws Exception {
    for (int seed = 1; seed <= 10; seed++) {
      Outcome outcome =
          OverloadSimulation.bursts(seed, codel(), 0.01, 10, Duration.ofMillis(millisApart));
      assertThat(outcome.failures()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void boundOnWaitersRefusesAHarmlessBurst() throws Exception {
    Outcome outcome =
        OverloadSimulation.bursts(1, patient().maxWaiters(50), 0.5, 1, Duration.ofSeconds(1));

    assertThat(outcome.failures()).isGreaterThan(200);
  }

  @Test
  void pageShowsTheFigures() throws Exception {
    String figures = BEGIN + "\n" + figures() + "\n" + END;
    String page = Files.readString(PAGE).replace("\r\n", "\n");
    String begun = page.substring(0, page.indexOf(BEGIN));
    String rest = page.substring(page.indexOf(END) + END.length());
    String expected = begun + figures + rest;
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, expected);
      return;
    }
    assertThat(NUMBER.matcher(page).replaceAll("#"))
        .as("the page apart from its figures")
        .isEqualTo(NUMBER.matcher(expected).replaceAll("#"));
    Matcher shown = NUMBER.matcher(page);
    Matcher seen = NUMBER.matcher(expected);
    while (shown.find() && seen.find()) {
      assertThat(Double.parseDouble(seen.group()))
          .as("where the page has %s", page.substring(shown.start()).lines().findFirst().orElse(""))
          .isCloseTo(Double.parseDouble(shown.group()), within(leeway(shown.group())));
    }
  }

  /** A clock read more or less moves single requests, and the last digit. */
  private static double leeway(String figure) {
    double least = figure.contains(".") ? 0.3 : 10;
    return Math.max(least, 0.03 * Double.parseDouble(figure));
  }

  private static String figures() throws AcquireException {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        | policy | offered/s | good/s | wait p50 | wait p99 | refused after | recovery |\
         lost of a burst of 300 |
        |---|---|---|---|---|---|---|---|
        """);
    for (Policy policy : policies()) {
      List<Outcome> outcomes = overload(policy.config(), 1);
      text.append(row(policy, outcomes)).append(burst(policy)).append(" |\n");
    }
    text.append(
        """

        The same with a database that is five times slower (capacity 100/s, offered 150/s):

        | policy | offered/s | good/s | wait p50 | wait p99 | refused after | recovery |
        |---|---|---|---|---|---|---|
        """);
    for (Policy policy : policies()) {
      text.append(row(policy, overload(policy.config(), 5)).stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String row(Policy policy, List<Outcome> outcomes) {
    double refused = mean(outcomes, Outcome::rejectedAfter);
    return String.format(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.0f ms | %.0f ms | %s | %.1f s | ",
        policy.name(),
        mean(outcomes, Outcome::offered),
        mean(outcomes, Outcome::good),
        mean(outcomes, Outcome::waitP50),
        mean(outcomes, Outcome::waitP99),
        Double.isNaN(refused) ? "–" : String.format(Locale.ROOT, "%.0f ms", refused),
        mean(outcomes, Outcome::recovery));
  }

  private static long burst(Policy policy) throws AcquireException {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      outcomes.add(OverloadSimulation.bursts(seed, policy.config(), 0.5, 1, Duration.ofSeconds(1)));
    }
    return Math.round(mean(outcomes, o -> o.failures()));
  }
}
