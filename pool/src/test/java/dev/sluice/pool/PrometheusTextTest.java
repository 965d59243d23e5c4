package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The text that Prometheus reads. */
class PrometheusTextTest extends SteppedEngineTest {
  private static final String LINE =
      "[a-z_]+\\{pool=\"(?:[^\"\\\\]|\\\\.)*\"(?:,[a-z]+=\"[a-z0-9._]+\")?\\} [0-9.E+-]+";

  private Map<String, PoolStats> pools(String... names) throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire();
    Map<String, PoolStats> pools = new LinkedHashMap<>();
    for (String name : names) {
      pools.put(name, pool.stats());
    }
    return pools;
  }

  @Test
  void eachFigureOfEachPoolHasALineAfterItsHead() throws Exception {
    String text = PrometheusText.of(pools("orders", "users"));

    Set<String> heads = new HashSet<>();
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("# TYPE ")) {
        assertThat(heads.add(line.split(" ", -1)[2])).as("once: " + line).isTrue();
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        assertThat(line).matches(LINE);
        String name = line.substring(0, line.indexOf('{')).replaceAll("_(sum|count)$", "");
        assertThat(heads.contains(name) || heads.contains(line.substring(0, line.indexOf('{'))))
            .as(line)
            .isTrue();
        lines.add(line);
      }
    }
    assertThat(lines)
        .contains("sluice_connections_active{pool=\"orders\"} 1.0")
        .contains("sluice_connections_active{pool=\"users\"} 1.0")
        .contains("sluice_timeout_count_total{pool=\"orders\"} 0.0")
        .contains("sluice_connection_age_seconds_count{pool=\"orders\"} 0.0");
    assertThat(text).endsWith("\n");
  }

  @Test
  void namesAreEscaped() throws Exception {
    String text = PrometheusText.of(pools("a\"b\\c\nd"));

    assertThat(text).contains("{pool=\"a\\\"b\\\\c\\nd\"}");
    assertThat(text.lines().filter(line -> !line.startsWith("#"))).allMatch(l -> l.matches(LINE));
  }
}
