package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

/**
 * How connections spread over event loops. The driver chooses the loop. On Netty 4.2, Reactor Netty
 * asks the group of loops several times whether it suits the channel, and each question takes a
 * turn of the group's round robin. With epoll a connection takes six turns: of four loops two are
 * used, of three a single one. A number of loops that has no divisor in common with six is used
 * evenly.
 */
class LoopSpreadTest {
  /** Opens connections one after the other; tells how many came on each loop's thread. */
  private static Map<String, Integer> spread(ConnectionFactory factory, int connections) {
    Map<String, Integer> byLoop = new TreeMap<>();
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Recorder<Connection> one = Recorder.of(factory.create());
      all.add(one.one());
      byLoop.merge(Objects.requireNonNull(one.thread).getName(), 1, Integer::sum);
    }
    all.forEach(one -> Recorder.await(one.close()));
    return byLoop;
  }

  /** Opens connections all at once; tells how many came on each loop's thread. */
  private static Map<String, Integer> spreadAtOnce(ConnectionFactory factory, int connections) {
    List<Recorder<Connection>> asked = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      asked.add(Recorder.of(factory.create()));
    }
    Map<String, Integer> byLoop = new TreeMap<>();
    for (Recorder<Connection> one : asked) {
      one.one();
      byLoop.merge(Objects.requireNonNull(one.thread).getName(), 1, Integer::sum);
    }
    asked.forEach(one -> Recorder.await(one.one().close()));
    return byLoop;
  }

  private static ConnectionFactory driver(TestDatabase database, LoopResources loops) {
    return ConnectionFactories.get(
        Postgres.options(database, database.port())
            .mutate()
            .option(PostgresqlConnectionFactoryProvider.LOOP_RESOURCES, loops)
            .build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fiveLoopsAreUsedEvenly(boolean colocated) {
    TestDatabase database = Databases.postgres();
    LoopResources loops = LoopResources.create("five", 1, 5, true, colocated);
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver(database, loops)).minSize(0).maxSize(10).build();

    Map<String, Integer> byLoop = spread(pool, 10);

    pool.dispose();
    loops.disposeLater().block();
    database.close();
    assertThat(byLoop).hasSize(5).allSatisfy((loop, count) -> assertThat(count).isEqualTo(2));
  }

  /** The turns of workers that asked at once mixed: one loop of five got three, another one. */
  @Test
  void fiveLoopsAreUsedEvenlyByConnectionsThatOpenAtOnce() {
    TestDatabase database = Databases.postgres();
    LoopResources loops = LoopResources.create("rush", 1, 5, true, true);
    for (int round = 0; round < 5; round++) {
      SluiceConnectionFactory pool =
          SluiceConnectionFactory.builder(driver(database, loops))
              .initialSize(10)
              .minSize(10)
              .maxSize(10)
              .build();

      Map<String, Integer> byLoop = spreadAtOnce(pool, 10);

      pool.dispose();
      assertThat(byLoop).hasSize(5).allSatisfy((loop, count) -> assertThat(count).isEqualTo(2));
    }
    loops.disposeLater().block();
    database.close();
  }

  @Test
  void thePoolSpreadsAsTheDriverDoesByItself() {
    TestDatabase database = Databases.postgres();
    LoopResources loops = LoopResources.create("even", 1, 4, true, true);
    ConnectionFactory driver = driver(database, loops);
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver).minSize(0).maxSize(8).build();

    Map<String, Integer> alone = spread(driver, 8);
    Map<String, Integer> pooled = spread(pool, 8);

    pool.dispose();
    loops.disposeLater().block();
    database.close();
    assertThat(pooled.values()).containsExactlyInAnyOrderElementsOf(alone.values());
  }
}
