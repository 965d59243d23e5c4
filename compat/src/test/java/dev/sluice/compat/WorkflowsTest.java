package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The workflows can be read, and call scripts of the repository that exist. */
class WorkflowsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern SCRIPT = Pattern.compile("\\.ci/[a-z]+");

  @Test
  void jobsCallScriptsThatExist() throws IOException {
    List<String> called = new ArrayList<>();
    for (Path workflow : files(".github/workflows")) {
      Map<?, ?> jobs = (Map<?, ?>) read(workflow).get("jobs");
      jobs.values().forEach(job -> called.addAll(scripts(commands((Map<?, ?>) job))));
    }

    assertThat(called)
        .contains(".ci/run", ".ci/reproducible", ".ci/compatibility", ".ci/stage")
        .allSatisfy(script -> assertThat(ROOT.resolve(script)).isExecutable());
  }

  @Test
  void dependenciesAreKeptNew() throws IOException {
    Map<?, ?> dependabot = read(ROOT.resolve(".github/dependabot.yml"));

    List<Object> kept = new ArrayList<>();
    for (Object update : (List<?>) dependabot.get("updates")) {
      kept.add(((Map<?, ?>) update).get("package-ecosystem"));
    }
    assertThat(kept).containsExactlyInAnyOrder("maven", "github-actions");
  }

  @Test
  void pageForMaintainersNamesEveryScript() throws IOException {
    List<String> all =
        files(".ci").stream().map(script -> ROOT.relativize(script).toString()).toList();

    assertThat(scripts(Files.readString(ROOT.resolve("docs/releasing.md"))))
        .containsAll(all)
        .isSubsetOf(all);
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files.sorted().toList();
    }
  }

  private static Map<?, ?> read(Path yaml) throws IOException {
    LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
    return (Map<?, ?>) new Load(settings).loadFromString(Files.readString(yaml));
  }

  private static String commands(Map<?, ?> job) {
    StringBuilder commands = new StringBuilder();
    for (Object step : (List<?>) job.get("steps")) {
      Object command = ((Map<?, ?>) step).get("run");
      if (command != null) {
        commands.append(command).append('\n');
      }
    }
    return commands.toString();
  }

  private static List<String> scripts(String text) {
    return SCRIPT.matcher(text).results().map(MatchResult::group).toList();
  }
}
