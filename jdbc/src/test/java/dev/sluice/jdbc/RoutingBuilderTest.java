package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.jdbc.RoutingConfig.Balance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of a routing data source, and their checks. */
class RoutingBuilderTest {
  private static SluiceBuilder postgres(String name) {
    return Sluice.dataSource("jdbc:postgresql://localhost/app").name(name);
  }

  private static List<String> problems(RoutingBuilder builder) {
    return catchThrowableOfType(SluiceConfigException.class, builder::toConfig).problems();
  }

  @Test
  void everyOptionReachesTheConfiguration() {
    RoutingConfig config =
        RoutingDataSource.builder()
            .name("shop")
            .primary(postgres("a"))
            .replica(postgres("b"))
            .host(postgres("c"))
            .balance(Balance.RANDOM)
            .fallBackToPrimary(false)
            .acquireTimeout(Duration.ofSeconds(7))
            .checkInterval(Duration.ofMillis(300))
            .checkTimeout(Duration.ofMillis(200))
            .backoffMax(Duration.ofSeconds(20))
            .maxLag(Duration.ofSeconds(5))
            .maxLagBytes(1_000_000)
            .readYourWrites(ReadYourWrites.byWindow(Duration.ofSeconds(6)))
            .sharedSession(true)
            .toConfig();

    assertThat(config.name()).isEqualTo("shop");
    assertThat(config.pools()).extracting(p -> p.pool().name()).containsExactly("a", "b", "c");
    assertThat(config.balance()).isEqualTo(Balance.RANDOM);
    assertThat(config.fallBackToPrimary()).isFalse();
    assertThat(config.acquireTimeout()).hasSeconds(7);
    assertThat(config.checkInterval()).hasMillis(300);
    assertThat(config.checkTimeout()).hasMillis(200);
    assertThat(config.backoffMax()).hasSeconds(20);
    assertThat(config.maxLag()).contains(Duration.ofSeconds(5));
    assertThat(config.maxLagBytes()).hasValue(1_000_000);
    assertThat(config.readYourWrites().time()).hasSeconds(6);
    assertThat(config.sharedSession()).isTrue();
    assertThat(config).hasToString("RoutingConfig{shop, hosts=[a, b, c]}");
  }

  @Test
  void acquireTimeoutIsTheFirstPoolsUnlessSet() {
    RoutingConfig config =
        RoutingDataSource.builder()
            .host(postgres("a").acquireTimeout(Duration.ofSeconds(3)))
            .toConfig();
    assertThat(config.acquireTimeout()).hasSeconds(3);
  }

  @Test
  void hostsOfOneUrlGetAPoolEach() {
    RoutingConfig config =
        RoutingDataSource.builder()
            .hosts(
                Sluice.dataSource("jdbc:postgresql://db1:5433,db2/app?sslmode=disable").name("app"))
            .toConfig();

    assertThat(config.pools())
        .extracting(SluiceConfig::url)
        .containsExactly(
            "jdbc:postgresql://db1:5433/app?sslmode=disable",
            "jdbc:postgresql://db2/app?sslmode=disable");
    assertThat(config.pools()).extracting(p -> p.pool().name()).containsExactly("app-1", "app-2");
  }

  @Test
  void hostsComeFromTheSectionsOfAFile(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("pools.toml"),
            """
            [pool]
            maxSize = 7
            [pool.db1]
            url = "jdbc:postgresql://db1/app"
            [pool.db2]
            url = "jdbc:postgresql://db2/app"
            maxSize = 20
            """);

    RoutingConfig config = RoutingDataSource.builder().hosts(file).toConfig();

    assertThat(config.pools()).extracting(p -> p.pool().name()).containsExactly("db1", "db2");
    assertThat(config.pools()).extracting(p -> p.pool().maxSize()).containsExactly(7, 20);
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThat(
            problems(
                RoutingDataSource.builder()
                    .primary(postgres("a"))
                    .primary(postgres("a"))
                    .host(Sluice.dataSource("jdbc:h2:mem:x").name("h"))
                    .checkInterval(Duration.ofMillis(1))
                    .maxLag(Duration.ZERO)
                    .maxLagBytes(0)))
        .satisfiesExactly(
            p -> assertThat(p).contains("two pools have the name 'a'"),
            p -> assertThat(p).contains("'h' does not tell its role"),
            p -> assertThat(p).contains("there are 2 primaries"),
            p -> assertThat(p).startsWith("checkInterval must be from 10 ms"),
            p -> assertThat(p).contains("at least twice checkInterval"),
            p -> assertThat(p).isEqualTo("maxLagBytes must be 1 or more, is 0"),
            p -> assertThat(p).contains("PostgreSQL alone"));
  }

  @Test
  void poolOptionsThatContradictTheRoutingAreRefused() {
    assertThat(
            problems(
                RoutingDataSource.builder()
                    .host(postgres("a").readOnly(true))
                    .host(postgres("b").transactionPooler(true))))
        .satisfiesExactly(
            p -> assertThat(p).startsWith("'a' has readOnly, which the routing sets itself"),
            p -> assertThat(p).startsWith("'b' has transactionPooler, but the routing needs"));
  }

  @Test
  void routingWithoutHostsIsRefused() {
    assertThat(problems(RoutingDataSource.builder())).first().asString().contains("no host");
  }

  @Test
  void urlWithoutAListOfHostsIsRefusedWithoutItsSecrets() {
    SluiceConfigException e =
        catchThrowableOfType(
            SluiceConfigException.class,
            () -> RoutingDataSource.builder().hosts(Sluice.dataSource("jdbc:h2:mem:secret")));
    assertThat((Throwable) e).hasMessageContaining("must name the hosts");
  }

  @Test
  void windowOnMysqlNeedsALimitOfLag() {
    RoutingBuilder builder =
        RoutingDataSource.builder()
            .host(Sluice.dataSource("jdbc:mysql://db/app").name("m"))
            .readYourWrites(ReadYourWrites.byWindow(Duration.ofSeconds(3)));
    assertThat(problems(builder)).first().asString().contains("needs a maxLag");

    assertThat(builder.maxLag(Duration.ofSeconds(3)).toConfig().maxLag()).isPresent();
  }
}
