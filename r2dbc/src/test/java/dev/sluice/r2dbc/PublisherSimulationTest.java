package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Many subscribers in virtual time do by chance what subscribers do, while connections break, opens
 * fail and hooks dawdle. A seed says all: a run that fails is repeated by its seed.
 */
class PublisherSimulationTest {
  private static final long RUNS = Long.getLong("r2dbc.simulation.runs", 300);

  @Test
  void eachSubscriberEndsOnceAndNothingIsLost() {
    long first = Long.getLong("r2dbc.simulation.seed", 1);
    Tally tally = new Tally();
    LongStream.range(first, first + RUNS).forEach(seed -> new Run(seed, tally).play());
    assertThat(tally.delivered).isPositive();
    assertThat(tally.cancelledInTime).isPositive();
    assertThat(tally.failed).isPositive();
  }

  private static final class Tally {
    int delivered;
    int cancelledInTime;
    int failed;
  }

  /** One of the crowd. */
  private static final class Member extends Recorder<Connection> {
    int signalsAtCancel = -1;
    boolean closed;

    Member() {
      super(0);
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final Tally tally;
    private final VirtualFactory made;
    private final List<Member> crowd = new ArrayList<>();

    Run(long seed, Tally tally) {
      this.seed = seed;
      this.random = new Random(seed);
      this.tally = tally;
      boolean hooks = random.nextBoolean();
      this.made =
          new VirtualFactory(
              builder -> {
                builder.maxSize(1 + random.nextInt(4)).acquireTimeout(Duration.ofSeconds(2));
                return hooks ? builder.postAllocate(c -> hook()).preRelease(c -> hook()) : builder;
              });
      if (random.nextBoolean()) {
        made.driver.loop = made.loop::add;
      }
      made.driver.onOpen =
          () -> {
            if (random.nextInt(6) == 0) {
              throw new R2dbcTransientResourceException("no");
            }
          };
    }

    private Mono<Void> hook() {
      return switch (random.nextInt(8)) {
        case 0 -> Mono.error(new IllegalStateException("hook"));
        case 1 -> Mono.never();
        case 2, 3, 4 -> Mono.create(sink -> made.loop.add(sink::success));
        default -> Mono.empty();
      };
    }

    void play() {
      for (int turn = 0; turn < 200; turn++) {
        turn();
        check();
      }
      end();
    }

    private void turn() {
      switch (random.nextInt(9)) {
        case 0, 1 -> {
          Member member = new Member();
          crowd.add(member);
          made.factory.create().subscribe(member);
          if (random.nextInt(5) > 0) {
            member.request();
          }
        }
        case 2 -> any(Member::request);
        case 3 ->
            any(
                member -> {
                  if (member.signalsAtCancel < 0) {
                    member.signalsAtCancel = member.signals.size();
                    member.cancel();
                  }
                });
        case 4 ->
            any(
                member -> {
                  if (member.value != null) {
                    member.closed = true;
                    Recorder.of(member.value.close());
                  }
                });
        case 5 -> made.pass(random.nextInt(random.nextInt(10) == 0 ? 3_000 : 100));
        case 6 -> {
          if (!made.driver.opened.isEmpty() && random.nextInt(5) == 0) {
            made.driver.opened.get(random.nextInt(made.driver.opened.size())).alive = false;
          }
        }
        default -> made.step();
      }
    }

    private void any(java.util.function.Consumer<Member> what) {
      if (!crowd.isEmpty()) {
        what.accept(crowd.get(random.nextInt(crowd.size())));
      }
    }

    private void check() {
      for (Member member : crowd) {
        List<String> signals = List.copyOf(member.signals);
        assertThat(signals)
            .as("seed %d", seed)
            .isIn(List.of(), List.of("next", "complete"), List.of("error"));
        if (member.signalsAtCancel >= 0) {
          assertThat(signals).as("seed %d, after cancel", seed).hasSize(member.signalsAtCancel);
        }
      }
      assertThat(made.driver.openNow())
          .as("seed %d, connections", seed)
          .isLessThanOrEqualTo(made.factory.config().maxSize());
    }

    private void end() {
      made.driver.onOpen = () -> {};
      for (int round = 0; round < 60; round++) {
        for (Member member : crowd) {
          if (member.value != null && !member.closed) {
            member.closed = true;
            Recorder.of(member.value.close());
          }
        }
        made.pass(200);
        made.settle();
      }
      check();
      for (Member member : crowd) {
        tally.delivered += member.value != null ? 1 : 0;
        tally.failed += member.failure != null ? 1 : 0;
        tally.cancelledInTime += member.signalsAtCancel == 0 ? 1 : 0;
      }
      assertThat(made.factory.stats().active()).as("seed %d, leases", seed).isZero();
      assertThat(made.factory.stats().waiting()).as("seed %d, waiters", seed).isZero();
      assertThat(made.alarms()).as("seed %d, timers", seed).isZero();
      Objects.requireNonNull(made.factory.stats());
    }
  }
}
