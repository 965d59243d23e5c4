package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A scenario whose measurements are made up; it remembers whose turn it was. */
final class FakeScenario implements Scenario {
  private final Function<PoolKind, Sample> measure;
  private final List<PoolKind> turns = new ArrayList<>();

  FakeScenario(Function<PoolKind, Sample> measure) {
    this.measure = measure;
  }

  static Sample sample(double ops, long longest) {
    return new Sample().with(Metric.OPS, ops).with(Metric.WAIT_MAX, longest);
  }

  List<PoolKind> turns() {
    return turns;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String title() {
    return "nothing happens";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.OPS, Metric.WAIT_MAX);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) {
    turns.add(pool);
    return measure.apply(pool);
  }

  @Override
  public Duration estimate(Plan plan) {
    return Duration.ofSeconds(1);
  }
}
