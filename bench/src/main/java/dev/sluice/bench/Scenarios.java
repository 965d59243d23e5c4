package dev.sluice.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** All scenarios, in the order in which they are run. */
final class Scenarios {
  private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
  private static final long FIFTH_OF_A_MILLISECOND = Duration.ofNanos(200_000).toNanos();

  private final List<Scenario> all;

  Scenarios(JvmOptions jvm) {
    all =
        List.of(
            new MicroScenario("cycle", 1, "borrow and return", jvm),
            new MicroScenario("cycle", 8, "borrow and return", jvm),
            new MicroScenario("query", 1, "borrow, one prepared query of one row, return", jvm),
            new MicroScenario("query", 8, "borrow, one prepared query of one row, return", jvm),
            stubCrowd(
                "crowd-16",
                "16 platform threads on 8 connections, 1 ms of work (ideal 8,000/s)",
                new CrowdScenario.Size(ThreadKind.PLATFORM, 16, 8, MILLISECOND)),
            stubCrowd(
                "crowd-200",
                "200 platform threads on 10 connections, 0.2 ms of work (ideal 50,000/s)",
                new CrowdScenario.Size(ThreadKind.PLATFORM, 200, 10, FIFTH_OF_A_MILLISECOND)),
            stubCrowd(
                "crowd-virtual",
                "2,000 virtual threads on 50 connections, 1 ms of work (ideal 50,000/s, and 39 ms"
                    + " to wait)",
                new CrowdScenario.Size(ThreadKind.VIRTUAL, 2_000, 50, MILLISECOND)),
            new BurstScenario(),
            new RampScenario(),
            new LightScenario(),
            new CrowdScenario(
                "postgres",
                "16 platform threads on 8 connections to a PostgreSQL on this machine, one row by"
                    + " its key",
                new CrowdScenario.Size(ThreadKind.PLATFORM, 16, 8, 0),
                Requests::select,
                true));
  }

  private static Scenario stubCrowd(String name, String title, CrowdScenario.Size size) {
    return new CrowdScenario(name, title, size, Requests::statement, false);
  }

  List<Scenario> all() {
    return all;
  }

  Scenario named(String name) {
    return all.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  /** The scenarios of these names, where {@code crowd} stands for all that begin with it. */
  List<Scenario> select(List<String> names) {
    if (names.isEmpty()) {
      return all;
    }
    Set<Scenario> selected = new LinkedHashSet<>();
    for (String name : names) {
      List<Scenario> matching =
          all.stream()
              .filter(s -> s.name().equals(name) || s.name().startsWith(name + "-"))
              .toList();
      if (matching.isEmpty()) {
        throw unknown(name);
      }
      selected.addAll(matching);
    }
    return new ArrayList<>(selected);
  }

  private IllegalArgumentException unknown(String name) {
    String known = all.stream().map(Scenario::name).collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "There is no scenario '" + name + "'; known: " + known + ", or the part before the dash");
  }
}
