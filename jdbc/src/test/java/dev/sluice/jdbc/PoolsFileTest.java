package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file with many pools. */
class PoolsFileTest {
  @TempDir Path directory;

  @AfterEach
  void closeAll() {
    Pools.closeAll();
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  @Test
  void eachSectionIsAPoolWithTheDefaultsOfAll() throws Exception {
    Path file =
        file(
            "pools.toml",
            "[pool]",
            "url = \"jdbc:h2:mem:all\"",
            "max_size = 7",
            "acquire_timeout = \"3s\"",
            "[pool.driver]",
            "TRACE_LEVEL_FILE = \"0\"",
            "[pool.orders]",
            "maxSize = 3",
            "[pool.reports]",
            "url = \"jdbc:h2:mem:reports\"",
            "[pool.reports.driver]",
            "MODE = \"PostgreSQL\"");

    Map<String, SluiceDataSource> pools = Pools.fromFile(file);

    assertThat(pools.keySet()).containsExactly("orders", "reports");
    SluiceConfig orders = Pools.get("orders").config();
    assertThat(orders.pool().name()).isEqualTo("orders");
    assertThat(orders.pool().maxSize()).as("its own, in another spelling").isEqualTo(3);
    assertThat(orders.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(orders.url()).isEqualTo("jdbc:h2:mem:all");
    assertThat(orders.driverProperties()).containsOnlyKeys("TRACE_LEVEL_FILE");
    SluiceConfig reports = Pools.get("reports").config();
    assertThat(reports.pool().maxSize()).isEqualTo(7);
    assertThat(reports.url()).isEqualTo("jdbc:h2:mem:reports");
    assertThat(reports.driverProperties()).containsOnlyKeys("TRACE_LEVEL_FILE", "MODE");
    assertThat(Pools.get("orders").isHealthy()).isTrue();
  }

  @Test
  void aPropertiesFileDoesTheSame() throws Exception {
    Path file =
        file(
            "pools.properties",
            "pool.maxSize=7",
            "pool.driver.TRACE_LEVEL_FILE=0",
            "pool.orders.url=jdbc:h2:mem:orders",
            "pool.orders.max-size=3",
            "pool.reports.url=jdbc:h2:mem:reports",
            "pool.reports.driver.MODE=PostgreSQL",
            "other=1");

    Map<String, SluiceDataSource> pools = Pools.fromFile(file);

    assertThat(pools.keySet()).containsExactly("orders", "reports");
    assertThat(Pools.get("orders").config().pool().maxSize()).isEqualTo(3);
    assertThat(Pools.get("reports").config().pool().maxSize()).isEqualTo(7);
    assertThat(Pools.get("reports").config().driverProperties())
        .containsOnlyKeys("TRACE_LEVEL_FILE", "MODE");
  }

  @Test
  void partsOfAnAddressMayStandInBothPlaces() throws Exception {
    Path file =
        file(
            "pools.toml",
            "[pool]",
            "host = \"db.example\"",
            "scheme = \"postgresql\"",
            "min_size = 0",
            "start_policy = \"LAZY\"",
            "[pool.orders]",
            "database = \"orders\"",
            "[pool.reports]",
            "database = \"reports\"");

    assertThat(PoolsFile.read(file).get("reports").url())
        .isEqualTo("jdbc:postgresql://db.example/reports");
  }

  @Test
  void allThatIsWrongIsToldAndNothingIsBuilt() throws Exception {
    Path file =
        file(
            "pools.toml",
            "[pool.orders]",
            "url = \"jdbc:h2:mem:orders\"",
            "[pool.reports]",
            "url = \"jdbc:h2:mem:reports\"",
            "max_sise = 3",
            "[pool.third]",
            "max_size = 0");

    assertThatThrownBy(() -> Pools.fromFile(file))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("[pool.reports]")
        .hasMessageContaining("pools.toml:5: max_sise")
        .hasMessageContaining("[pool.third]");

    assertThat(Pools.names()).isEmpty();
  }

  @Test
  void oneThatCannotBeBuiltLeavesNoneBehind() throws Exception {
    Path file =
        file(
            "pools.toml",
            "[pool.orders]",
            "url = \"jdbc:h2:mem:orders\"",
            "[pool.reports]",
            "url = \"jdbc:h2:tcp://127.0.0.1:1/none\"",
            "start_policy = \"FAIL_FAST\"");

    assertThatThrownBy(() -> Pools.fromFile(file)).hasMessageContaining("reports");

    assertThat(Pools.names()).isEmpty();
  }

  @Test
  void nameThatIsTakenLeavesTheOneThatHasItAlone() throws Exception {
    SluiceDataSource mine = Pools.create("reports", Sluice.dataSource("jdbc:h2:mem:mine"));
    Path file =
        file(
            "pools.toml",
            "[pool]",
            "url = \"jdbc:h2:mem:all\"",
            "[pool.orders]",
            "max_size = 3",
            "[pool.reports]",
            "max_size = 3");

    assertThatThrownBy(() -> Pools.fromFile(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'reports'");

    assertThat(Pools.names()).containsExactly("reports");
    assertThat(mine.isClosed()).isFalse();
  }

  @Test
  void fileWithoutANamedPoolSaysHowToNameOne() throws Exception {
    for (Path file :
        List.of(
            file("one.toml", "[pool]", "url = \"jdbc:h2:mem:x\""),
            file("none.toml", "[database]", "x = 1"),
            file("one.properties", "pool.url=jdbc:h2:mem:x"))) {
      assertThatThrownBy(() -> Pools.fromFile(file))
          .isInstanceOf(SluiceConfigException.class)
          .hasMessageContaining(String.valueOf(file.getFileName()))
          .hasMessageContaining("[pool.orders]");
    }
    Path other = file("pools.yaml", "pool:");
    assertThatThrownBy(() -> Pools.fromFile(other)).hasMessageContaining(".toml");
  }
}
