package dev.sluice.bench;

import dev.sluice.bench.fresh.FirstEvent;
import dev.sluice.bench.pools.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts a function with one pool, with a cache of the JVM's or without, and answers one event. */
final class FunctionStart {
  private final String pool;
  private final FreshJvm jvm;
  private final List<String> arguments;
  private final @Nullable Path cache;
  private final List<Double> answers = new ArrayList<>();
  private final List<Double> processes = new ArrayList<>();

  private FunctionStart(String pool, FreshJvm jvm, Target target, @Nullable Path cache) {
    this.pool = pool;
    this.jvm = jvm;
    this.arguments =
        List.of(
            pool,
            target.driverClass(),
            target.url(),
            target.user(),
            target.password(),
            Database.SELECT);
    this.cache = cache;
  }

  static FunctionStart plain(String pool, FreshJvm jvm, Target target) {
    return new FunctionStart(pool, jvm, target, null);
  }

  /** Lets a function run once to write the cache, which the others then use. */
  static FunctionStart cached(String pool, FreshJvm jvm, Target target, Path cache)
      throws Exception {
    FunctionStart start = new FunctionStart(pool, jvm, target, cache);
    List<String> training = new ArrayList<>(start.arguments);
    training.add("train");
    jvm.run(
        FirstEvent.class, List.of("-XX:AOTCacheOutput=" + cache), training.toArray(String[]::new));
    if (!Files.exists(cache)) {
      throw new WorkerException("it wrote no cache", List.of());
    }
    return start;
  }

  /** One start. */
  void run() throws Exception {
    long begin = System.nanoTime();
    long[] printed = jvm.run(FirstEvent.class, more(), arguments.toArray(String[]::new));
    processes.add((double) (System.nanoTime() - begin));
    answers.add((double) printed[0]);
  }

  private List<String> more() {
    return cache == null ? List.of() : List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on");
  }

  String pool() {
    return pool;
  }

  boolean isCached() {
    return cache != null;
  }

  /** Nanoseconds from {@code main} to the answer. */
  Spread answer() {
    return spread(answers);
  }

  /** Nanoseconds from the start of the process to its end, right after the answer. */
  Spread process() {
    return spread(processes);
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
