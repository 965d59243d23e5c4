package dev.sluice.bench;

import dev.sluice.bench.fresh.Answer;
import dev.sluice.bench.pools.Target;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One turn of one pool in a JVM of its own: subscribers that acquire, read a row by its key, and
 * close, again and again. Its arguments are the pool, the URL, the user, the password, the size,
 * the number of subscribers, and the milliseconds of the warm-up and of the measurement.
 */
final class ReactiveWorker {
  private static final String SELECT = "SELECT v FROM bench WHERE id = $1";

  private final ConnectionFactory pool;
  private final int subscribers;

  private ReactiveWorker(ConnectionFactory pool, int subscribers) {
    this.pool = pool;
    this.subscribers = subscribers;
  }

  /** Prints the figures of a {@link ReactiveTurn}, and ends the JVM. */
  public static void main(String[] arguments) {
    Target target = new Target("org.postgresql.Driver", arguments[1], arguments[2], arguments[3]);
    long warmUp = Long.parseLong(arguments[6]);
    long begin = System.nanoTime(); // a fresh JVM pays for the pool too
    ReactiveWorker worker =
        new ReactiveWorker(
            ReactivePool.valueOf(arguments[0])
                .open(ReactivePool.driver(target), Integer.parseInt(arguments[4])),
            Integer.parseInt(arguments[5]));
    if (warmUp > 0) {
      worker.run(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUp));
      begin = System.nanoTime();
    }
    List<CallerLog> logs =
        worker.run(begin + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[7])));
    System.out.println(
        Answer.MARK + ReactiveTurn.words(logs, Math.max(1, System.nanoTime() - begin)));
    System.out.flush();
    Runtime.getRuntime().halt(0); // neither pool is asked to close: only the turn is measured
  }

  /** All subscribe at once, and again until the time is over; then what has begun is finished. */
  private List<CallerLog> run(long end) {
    List<CallerLog> logs = new ArrayList<>();
    for (int i = 0; i < subscribers; i++) {
      logs.add(new CallerLog());
    }
    Flux.fromIterable(logs)
        .flatMap(log -> cycle(log).repeat(() -> System.nanoTime() - end < 0), subscribers)
        .blockLast();
    return logs;
  }

  private Mono<Void> cycle(CallerLog log) {
    return Mono.defer(
        () -> {
          long asked = System.nanoTime();
          long[] got = new long[1];
          return Mono.usingWhen(
                  Mono.from(pool.create()).doOnNext(given -> got[0] = System.nanoTime()),
                  ReactiveWorker::query,
                  Connection::close)
              .doOnSuccess(row -> log.turn(got[0] - asked, System.nanoTime() - asked))
              .then();
        });
  }

  private static Mono<Integer> query(Connection connection) {
    int key = ThreadLocalRandom.current().nextInt(Database.ROWS);
    return Flux.from(connection.createStatement(SELECT).bind(0, key).execute())
        .flatMap(result -> result.map((row, metadata) -> row.get(0, Integer.class)))
        .single();
  }
}
