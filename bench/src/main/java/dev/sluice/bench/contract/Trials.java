package dev.sluice.bench.contract;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.Behaviour;
import dev.sluice.contract.Door;
import dev.sluice.contract.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tries one pool after the other, each in JVMs of its own. */
final class Trials {
  private static final Duration START_UP = Duration.ofSeconds(30);

  private final Door door;
  private final List<Behaviour> behaviours;

  Trials(Door door, List<Behaviour> behaviours) {
    this.door = door;
    this.behaviours = List.copyOf(behaviours);
  }

  /** What was found about each of the behaviours, in their order. */
  Map<String, Finding> of(PoolKind pool) throws IOException, InterruptedException {
    Map<String, Finding> findings = new LinkedHashMap<>();
    List<String> open = new ArrayList<>(behaviours.stream().map(Behaviour::name).toList());
    while (!open.isEmpty()) {
      List<Finding> more = inOneJvm(pool, open);
      if (more.isEmpty()) { // it did not survive the first
        more = List.of(new Finding(open.get(0), Verdict.Kind.HUNG, "the JVM gave no answer"));
      }
      for (Finding finding : more) {
        findings.put(finding.behaviour(), finding);
        open.remove(finding.behaviour());
      }
    }
    return findings;
  }

  private List<Finding> inOneJvm(PoolKind pool, List<String> names)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sluice-contract-");
    Path answer = folder.resolve("answer");
    try {
      Process process = start(pool, answer, names);
      try {
        awaitProgress(process, answer);
      } finally {
        process.destroyForcibly().waitFor();
      }
      return findings(answer);
    } finally {
      Files.deleteIfExists(answer);
      Files.deleteIfExists(folder);
    }
  }

  /** Until it has ended, or no finding has come for longer than one may take. */
  private static void awaitProgress(Process process, Path answer)
      throws IOException, InterruptedException {
    long seconds = ContractWorker.LIMIT.multipliedBy(3).plus(START_UP).toSeconds();
    long before = -1;
    while (true) {
      long size = Files.exists(answer) ? Files.size(answer) : 0;
      if (size == before || process.waitFor(seconds, TimeUnit.SECONDS)) {
        return;
      }
      before = size;
    }
  }

  private static List<Finding> findings(Path answer) throws IOException {
    if (!Files.exists(answer)) {
      return List.of();
    }
    return Files.readAllLines(answer).stream().map(Finding::of).toList();
  }

  private Process start(PoolKind pool, Path answer, List<String> names) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ContractWorker.class.getName(), pool.name(), door.name()));
    command.add(answer.toString());
    command.addAll(names);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
