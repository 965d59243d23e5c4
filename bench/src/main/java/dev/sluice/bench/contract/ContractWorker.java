package dev.sluice.bench.contract;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.Behaviour;
import dev.sluice.contract.Door;
import dev.sluice.contract.Judge;
import dev.sluice.contract.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * The JVM in which one pool is tried: {@code ContractWorker <pool> <door> <answer file> <behaviour
 * names>}. Writes down each finding at once, and ends after a trial that hangs, because its threads
 * would disturb the next.
 */
final class ContractWorker {
  /** How long a condition may take to come true. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  /** How long a trial may take, and again its end. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private ContractWorker() {}

  /** Tries the behaviours that are named. */
  public static void main(String[] arguments) throws IOException {
    PoolKind pool = PoolKind.valueOf(arguments[0]);
    Judge judge = new Judge(Subjects.of(pool), Door.valueOf(arguments[1]), PATIENCE, LIMIT, false);
    Path answer = Path.of(arguments[2]);
    List<String> names = List.of(arguments).subList(3, arguments.length);
    for (Behaviour behaviour : Behaviour.all()) {
      if (names.contains(behaviour.name())) {
        Verdict verdict = judge.judge(behaviour);
        write(answer, new Finding(behaviour.name(), verdict.kind(), verdict.reason()));
        if (verdict.kind() == Verdict.Kind.HUNG) {
          break;
        }
      }
    }
    // Some pools leave threads behind that would keep the JVM alive.
    Runtime.getRuntime().halt(0);
  }

  private static void write(Path answer, Finding finding) throws IOException {
    Files.writeString(
        answer, finding.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
