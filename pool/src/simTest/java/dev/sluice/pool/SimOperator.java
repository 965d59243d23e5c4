package dev.sluice.pool;

/** Does to a running pool what an operator may. */
final class SimOperator {
  private final SimRun run;
  private final SimRandom random;

  SimOperator(SimRun run) {
    this.run = run;
    this.random = run.random;
  }

  void run() {
    int deeds = random.between(1, 8);
    for (int i = 0; i < deeds && !run.callersStop; i++) {
      run.scheduler.park((long) random.exponential(300_000_000));
      deed();
    }
    if (random.chance(0.08)) {
      run.close(random.chance(0.3) ? 0 : random.spread(1_000_000, 1_000_000_000));
    }
  }

  private void deed() {
    switch (random.below(7)) {
      case 0, 1 -> {
        int max = random.between(1, 8);
        run.resize(random.between(0, max), max);
      }
      case 2 -> run.refresh();
      case 3 -> run.suspectAll();
      case 4 -> run.suspendFor(random.spread(100_000, 500_000_000));
      case 5 -> run.awaitReady(random.spread(1_000_000, 500_000_000));
      default -> {
        if (random.chance(0.3)) {
          run.resetStats();
        }
      }
    }
  }
}
