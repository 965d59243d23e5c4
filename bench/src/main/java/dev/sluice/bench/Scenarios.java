package dev.sluice.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** All scenarios, in the order in which they are run. */
final class Scenarios {
  private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
  private static final long FIFTH_OF_A_MILLISECOND = Duration.ofNanos(200_000).toNanos();

  private static final int POSTGRES_CONNECTIONS = 8;
  private static final int POSTGRES_VIRTUAL = 200;

  /** {@code postgres-12} and the like, with any number of callers. */
  private static final Pattern POSTGRES =
      Pattern.compile("postgres-(?:(virtual)|(virtual)-(\\d{1,5})|(\\d{1,5}))(-fresh)?");

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
                new CrowdScenario.Size(ThreadKind.PLATFORM, 16, 8, MILLISECOND, false)),
            stubCrowd(
                "crowd-200",
                "200 platform threads on 10 connections, 0.2 ms of work (ideal 50,000/s)",
                new CrowdScenario.Size(
                    ThreadKind.PLATFORM, 200, 10, FIFTH_OF_A_MILLISECOND, false)),
            stubCrowd(
                "crowd-virtual",
                "2,000 virtual threads on 50 connections, 1 ms of work (ideal 50,000/s, and 39 ms"
                    + " to wait)",
                new CrowdScenario.Size(ThreadKind.VIRTUAL, 2_000, 50, MILLISECOND, false)),
            new BurstScenario(false),
            new BurstScenario(true),
            new RampScenario(jvm),
            new ColdScenario(jvm),
            new LightScenario(),
            postgres("postgres-4-fresh"),
            postgres("postgres-8"),
            postgres("postgres-8-fresh"),
            postgres("postgres-16"),
            postgres("postgres-16-fresh"),
            postgres("postgres-64"),
            postgres("postgres-64-fresh"),
            postgres("postgres-virtual"),
            postgres("postgres-virtual-fresh"));
  }

  private static Scenario stubCrowd(String name, String title, CrowdScenario.Size size) {
    return new CrowdScenario(name, title, size, Requests::statement, false);
  }

  private static Scenario postgres(String name) {
    return postgresLike(name).orElseThrow();
  }

  /** The scenario on a PostgreSQL of that name; empty if no such scenario has that name. */
  private static Optional<Scenario> postgresLike(String name) {
    Matcher matcher = POSTGRES.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean virtual = matcher.group(1) != null || matcher.group(2) != null;
    String count = virtual ? matcher.group(3) : matcher.group(4);
    int callers = count == null ? POSTGRES_VIRTUAL : Integer.parseInt(count);
    return callers == 0
        ? Optional.empty()
        : Optional.of(postgres(name, virtual, callers, matcher.group(5) != null));
  }

  private static Scenario postgres(String name, boolean virtual, int callers, boolean fresh) {
    ThreadKind kind = virtual ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
    String title =
        "%d %s threads on %d connections to a PostgreSQL on this machine, one row by its key%s"
            .formatted(
                callers,
                virtual ? "virtual" : "platform",
                POSTGRES_CONNECTIONS,
                fresh ? ", the first 5 s of the JVM, opening the pool included" : "");
    CrowdScenario.Size size = new CrowdScenario.Size(kind, callers, POSTGRES_CONNECTIONS, 0, fresh);
    return new CrowdScenario(name, title, size, Requests::select, true);
  }

  List<Scenario> all() {
    return all;
  }

  Scenario named(String name) {
    return all.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .or(() -> postgresLike(name))
        .orElseThrow(() -> unknown(name));
  }

  /** The scenarios of these names, where {@code crowd} stands for all that begin with it. */
  List<Scenario> select(List<String> names) {
    if (names.isEmpty()) {
      return all;
    }
    Set<Scenario> selected = new LinkedHashSet<>();
    for (String name : names) {
      selected.addAll(matching(name));
    }
    return new ArrayList<>(selected);
  }

  /** The scenarios of this name, and all that go on from it with a dash. */
  private List<Scenario> matching(String name) {
    if (postgresLike(name).isPresent()) {
      return List.of(named(name));
    }
    List<Scenario> matching =
        all.stream().filter(s -> s.name().equals(name) || s.name().startsWith(name + "-")).toList();
    if (matching.isEmpty()) {
      throw unknown(name);
    }
    return matching;
  }

  private IllegalArgumentException unknown(String name) {
    String known = all.stream().map(Scenario::name).collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "There is no scenario '"
            + name
            + "'; known: "
            + known
            + ", or the part before the dash;"
            + " postgres-N and postgres-virtual-N, with -fresh or without, take any N");
  }
}
