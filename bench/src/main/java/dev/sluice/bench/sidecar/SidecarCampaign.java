package dev.sluice.bench.sidecar;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Poolers under the same loads, one at a time, in turns. All run all the time; the one whose turn
 * it is not is idle.
 */
final class SidecarCampaign implements AutoCloseable {
  private static final double NANOS_PER_MICRO = 1_000;

  private final SidecarPlan plan;
  private final PrintWriter progress;
  private final Backend backend;
  private final SocketDriver sockets;
  private final Driver driver;
  private final List<PoolerProgram> programs;
  private final List<Pooler> poolers = new ArrayList<>();

  /**
   * Starts the server and the poolers.
   *
   * @param bareSockets whether not even pgbench is to be used where it is
   */
  SidecarCampaign(
      SidecarPlan plan, List<PoolerProgram> programs, boolean bareSockets, PrintWriter progress)
      throws IOException, SQLException {
    this.plan = plan;
    this.programs = List.copyOf(programs);
    this.progress = progress;
    this.backend = Backend.start();
    this.sockets = new SocketDriver(backend.user());
    this.driver = bareSockets ? sockets : Pgbench.find(backend).orElse(sockets);
    try {
      for (PoolerProgram program : programs) {
        poolers.add(Pooler.start(program, backend, plan.servers()));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** What plays the clients. */
  Driver driver() {
    return driver;
  }

  /** Lets compilers do their work before it is measured. */
  void warmUp() throws IOException, InterruptedException {
    for (Pooler pooler : poolers) {
      say("warming up " + pooler.door().title());
      driver.run(pooler.door(), plan.warmUpLoad());
    }
  }

  /** Measures one load at each door that can take it; in the order of the doors. */
  Map<Door, Figures> measure(Load load) throws IOException, InterruptedException {
    List<Door> doors = doors(load);
    Map<Door, List<Figures.Round>> rounds = new LinkedHashMap<>();
    doors.forEach(door -> rounds.put(door, new ArrayList<>()));
    for (int round = 0; round < plan.rounds(); round++) {
      List<Door> order = new ArrayList<>(doors);
      Collections.rotate(order, -round);
      for (Door door : order) {
        say(load + ", round " + (round + 1) + ": " + door.title());
        rounds.computeIfAbsent(door, none -> new ArrayList<>()).add(round(door, load));
      }
    }
    Map<Door, Figures> figures = new LinkedHashMap<>();
    rounds.forEach((door, all) -> figures.put(door, new Figures(all)));
    return figures;
  }

  private List<Door> doors(Load load) {
    List<Door> doors = new ArrayList<>();
    for (int i = 0; i < poolers.size(); i++) {
      boolean can =
          load.protocol() != Protocol.PREPARED || programs.get(i).preparesInTransactions();
      if (can) {
        doors.add(poolers.get(i).door());
      }
    }
    if (driver.canUse(backend.door())) {
      doors.add(backend.door());
    }
    return doors;
  }

  private Figures.Round round(Door door, Load load) throws IOException, InterruptedException {
    long before = door.isServer() ? 0 : ProcessFigures.processorTime(door.pid()).toNanos();
    Served served = driver.run(door, load);
    if (door.isServer()) {
      return new Figures.Round(served, Double.NaN);
    }
    long took = ProcessFigures.processorTime(door.pid()).toNanos() - before;
    return new Figures.Round(served, took / NANOS_PER_MICRO / Math.max(1, served.transactions()));
  }

  /** How many bytes each idle client takes; empty where the system does not tell. */
  Map<Door, OptionalLong> idle() throws IOException, InterruptedException {
    Map<Door, OptionalLong> bytes = new LinkedHashMap<>();
    for (Pooler pooler : poolers) {
      say(plan.idle() + " idle clients: " + pooler.door().title());
      bytes.put(pooler.door(), idle(pooler));
    }
    return bytes;
  }

  private OptionalLong idle(Pooler pooler) throws IOException, InterruptedException {
    long before = resident(pooler);
    try (SocketDriver.Crowd crowd = sockets.idle(pooler.door(), plan.idle())) {
      long after = resident(pooler);
      return before < 0 || crowd.size() == 0
          ? OptionalLong.empty()
          : OptionalLong.of((after - before) * 1_024 / crowd.size());
    }
  }

  private static long resident(Pooler pooler) throws IOException, InterruptedException {
    pooler.collectGarbage();
    return ProcessFigures.residentKilobytes(pooler.door().pid());
  }

  private void say(String what) {
    progress.println("  " + what);
    progress.flush();
  }

  @Override
  public void close() throws IOException {
    IOException trouble = null;
    for (Pooler pooler : poolers) {
      try {
        pooler.close();
      } catch (IOException e) {
        trouble = e;
      }
    }
    backend.close();
    if (trouble != null) {
      throw trouble;
    }
  }
}
