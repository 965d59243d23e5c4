package dev.sluice.bench;

import static java.util.Objects.requireNonNull;

import dev.sluice.bench.micro.PoolBenchmark;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A method of {@link PoolBenchmark}, measured by JMH. The JVM that runs the scenario is JMH's host,
 * which starts one more to measure in.
 */
final class MicroScenario implements Scenario {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final String name;
  private final String method;
  private final int threads;
  private final String title;
  private final List<String> jvmArguments;
  private final boolean fork;

  MicroScenario(String method, int threads, String what, JvmOptions jvm) {
    this.name = method + "-" + threads;
    this.method = method;
    this.threads = threads;
    this.title =
        "%s; %d thread%s, %d connections, JMH"
            .formatted(what, threads, threads == 1 ? "" : "s", PoolBenchmark.SIZE);
    this.jvmArguments = jvm.arguments();
    this.fork = jvm.fork();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.OPS_PER_MS, Metric.BYTES_PER_OP);
  }

  @Override
  public boolean comparesVariants() {
    return true;
  }

  @Override
  public Duration estimate(Plan plan) {
    return plan.iteration().multipliedBy(plan.warmUps() + plan.iterations()).plusMillis(2_000);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    // Builds of several checkouts may run side by side; it is for people to keep the machine quiet.
    System.setProperty("jmh.ignoreLock", "true");
    Path log = Files.createTempFile("sluice-jmh-", ".log");
    try {
      Collection<RunResult> results = new Runner(options(pool, plan, log)).run();
      return sample(results.iterator().next());
    } catch (RunnerException e) {
      throw new RunnerException(Files.readString(log), e);
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private Options options(PoolKind pool, Plan plan, Path log) {
    return new OptionsBuilder()
        .include(PoolBenchmark.class.getName() + "\\." + method + "$")
        .param("pool", pool.name())
        .threads(threads)
        .forks(fork ? 1 : 0)
        .jvmArgs(jvmArguments.toArray(String[]::new))
        .warmupIterations(plan.warmUps())
        .warmupTime(TimeValue.nanoseconds(plan.iteration().toNanos()))
        .measurementIterations(plan.iterations())
        .measurementTime(TimeValue.nanoseconds(plan.iteration().toNanos()))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .output(log.toString())
        .build();
  }

  private static Sample sample(RunResult result) {
    Result<?> allocated = requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED);
    return new Sample()
        .with(Metric.OPS_PER_MS, result.getPrimaryResult().getScore())
        .with(Metric.BYTES_PER_OP, allocated.getScore());
  }
}
