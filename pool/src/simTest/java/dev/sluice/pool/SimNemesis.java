package dev.sluice.pool;

/** Makes things go wrong, for a while each. */
final class SimNemesis {
  private final SimRun run;
  private final SimRandom random;

  SimNemesis(SimRun run) {
    this.run = run;
    this.random = run.random;
  }

  void run() {
    int deeds = random.between(1, 12);
    for (int i = 0; i < deeds && !run.callersStop; i++) {
      run.scheduler.park((long) random.exponential(200_000_000));
      deed();
    }
    run.faults(false);
    run.listenerThrows(false);
    run.platform.noThread(0);
  }

  private void deed() {
    switch (random.below(12)) {
      case 0, 1, 2 -> {
        run.log("faults", 0, 0);
        run.faults(true);
      }
      case 3, 4 -> {
        run.log("no faults", 0, 0);
        run.faults(false);
      }
      case 5 -> run.resources.breakAll();
      case 6 -> {
        for (SimResources.Thing thing : run.resources.things) {
          if (random.chance(0.3)) {
            run.resources.breakOne(thing);
          }
        }
      }
      case 7 -> run.pauseProcess(random.spread(1_000_000, 20_000_000_000L), random.chance(0.7));
      case 8 -> run.moveWallClock(random.spread(1, 3_600_000) * (random.chance(0.5) ? 1 : -1));
      case 9 -> run.listenerThrows(random.chance(0.6));
      case 10 -> run.scarceThreads(random.one(0.0, 0.0, 0.1, 1.0));
      default -> {
        for (int i = random.between(1, 4); i > 0; i--) {
          run.interruptOne();
        }
      }
    }
  }
}
