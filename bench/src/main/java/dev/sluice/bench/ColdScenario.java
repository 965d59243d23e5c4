package dev.sluice.bench;

import dev.sluice.bench.fresh.FirstStatement;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.time.Duration;
import java.util.List;

/** What functions, command-line tools and test suites pay for a pool at each start. */
final class ColdScenario implements Scenario {
  private final FreshJvm jvm;

  ColdScenario(JvmOptions options) {
    this.jvm = new FreshJvm(options.arguments());
  }

  @Override
  public String name() {
    return "cold";
  }

  @Override
  public String title() {
    return "From main to the first statement on a driver that connects at once, a fresh JVM each"
        + " time; classes loaded, and of them for lambdas and method handles";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.FIRST_STATEMENT, Metric.CLASSES, Metric.LAMBDA_CLASSES);
  }

  @Override
  public Duration estimate(Plan plan) {
    return Duration.ofMillis(400).multipliedBy(plan.coldStarts() + 1L);
  }

  /** The median of several starts, and one more for the classes: writing them down takes time. */
  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    double[] nanos = new double[plan.coldStarts()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = jvm.run(FirstStatement.class, pool.key())[0];
    }
    List<String> classes = jvm.classes(FirstStatement.class, pool.key());
    return new Sample()
        .with(Metric.FIRST_STATEMENT, Spread.of(nanos).median())
        .with(Metric.CLASSES, classes.size())
        .with(Metric.LAMBDA_CLASSES, classes.stream().filter(ColdScenario::forLambdas).count());
  }

  private static boolean forLambdas(String name) {
    return name.startsWith("java.lang.invoke.") || name.contains("$$Lambda");
  }
}
