package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import dev.sluice.embedded.EmbeddedServerException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scenarios times rounds times pools, one run at a time. */
final class Campaign implements AutoCloseable {
  private final Plan plan;
  private final Launcher launcher;
  private final PrintWriter progress;
  private final Others others;
  private @Nullable Database database;

  Campaign(Plan plan, Launcher launcher, PrintWriter progress, Others others) {
    this.others = others;
    this.plan = plan;
    this.launcher = launcher;
    this.progress = progress;
  }

  /** Runs all rounds of a scenario; a pool that fails is reported and does not stop the others. */
  Results run(Scenario scenario, List<PoolKind> pools) throws InterruptedException {
    Results results = new Results(scenario, pools);
    Target target;
    try {
      target = scenario.needsDatabase() ? database().target() : Target.STUB;
    } catch (SQLException | EmbeddedServerException e) {
      e.printStackTrace(progress);
      pools.forEach(pool -> results.fail(pool, "there is no PostgreSQL: " + e));
      return results;
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (PoolKind pool : rotated(pools, round)) {
        progress.printf("  %s, round %d: %s%n", scenario.name(), round + 1, pool.title());
        progress.flush();
        measure(scenario, pool, target, results);
      }
    }
    return results;
  }

  /** The pools, beginning with another one each round. */
  private static List<PoolKind> rotated(List<PoolKind> pools, int round) {
    List<PoolKind> order = new ArrayList<>(pools);
    Collections.rotate(order, -round);
    return order;
  }

  private void measure(Scenario scenario, PoolKind pool, Target target, Results results)
      throws InterruptedException {
    double before = others.share();
    Worker.Request request = new Worker.Request(scenario.name(), pool, plan, target);
    try {
      Sample sample = launcher.run(scenario, request);
      results.add(pool, sample, Math.max(before, others.share()));
    } catch (InterruptedException e) {
      throw e;
    } catch (WorkerException e) {
      e.log().forEach(progress::println);
      results.fail(pool, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      e.printStackTrace(progress);
      results.fail(pool, e.toString());
    }
  }

  private Database database() throws SQLException {
    Database started = database;
    if (started == null) {
      progress.println("  starting PostgreSQL");
      progress.flush();
      started = Database.start();
      database = started;
    }
    return started;
  }

  @Override
  public void close() {
    if (database != null) {
      database.close();
      database = null;
    }
  }
}
