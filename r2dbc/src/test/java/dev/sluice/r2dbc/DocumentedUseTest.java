package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolStats;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The code that docs/reactive.md shows. */
class DocumentedUseTest {

  @Test
  void byUrl() {
    // tag::url[]
    ConnectionFactory pool =
        ConnectionFactories.get("r2dbc:sluice:h2:mem:///app?maxSize=10&maxAcquireTime=PT5S");

    Flux<String> names =
        Flux.usingWhen(
            pool.create(),
            connection ->
                Flux.from(connection.createStatement("SELECT 'Ada'").execute())
                    .flatMap(result -> result.map((row, meta) -> row.get(0, String.class))),
            Connection::close);
    // end::url[]
    assertThat(names.collectList().block()).isEqualTo(List.of("Ada"));
    ((SluiceConnectionFactory) pool).dispose();
  }

  @Test
  void byBuilder() {
    ConnectionFactory driver = ConnectionFactories.get("r2dbc:h2:mem:///app");
    // tag::builder[]
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver)
            .name("orders")
            .maxSize(10)
            .acquireTimeout(Duration.ofSeconds(5))
            .leakThreshold(Duration.ofMinutes(1)) // reports a lease that is held longer
            .postAllocate(connection -> Mono.empty()) // runs before each lease
            .build();
    // end::builder[]
    // tag::acquire[]
    Mono<Connection> urgent =
        Mono.from(pool.create(AcquireOptions.DEFAULT.withPriority(2).withTag("checkout")));
    // end::acquire[]
    Connection connection = urgent.block();
    assertThat(pool.leases()).hasSize(1);
    Mono.from(connection.close()).block();
    // tag::close[]
    PoolStats stats = pool.stats(); // sizes, counters, histograms
    Mono.from(pool.close(Duration.ofSeconds(20))).block(); // waits for borrowers, at most 20 s
    // end::close[]
    assertThat(stats.acquired()).isEqualTo(1);
    assertThat(pool.isDisposed()).isTrue();
  }
}
