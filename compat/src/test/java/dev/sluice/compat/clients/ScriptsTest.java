package dev.sluice.compat.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drivers of Node.js and of Python in front of the sidecar, in session and in transaction mode. */
class ScriptsTest {
  private static final List<String> STEPS =
      List.of("login", "simple", "prepared", "transaction", "error", "copy", "cancel", "end");

  /** What npm installs, into the build's folder. */
  private static final List<String> PACKAGES =
      List.of("pg@8.23.1", "pg-copy-streams@7.0.0", "postgres@3.4.9");

  private static final Path MODULES = Path.of("target", "node-clients").toAbsolutePath();

  /** Debian's, which has Debian's packages, before another one. */
  private static final List<String> PYTHONS = List.of("/usr/bin/python3", "python3");

  @ParameterizedTest
  @CsvSource({
    "node-postgres,session", "node-postgres,transaction",
    "postgres-js,session", "postgres-js,transaction"
  })
  void driversOfNode(String script, String mode) throws Exception {
    assumeTrue(Program.works("node", "--version"), script + ": node is not on this machine");
    assumeTrue(hasModules(), script + ": npm cannot install it");
    try (Front front = new Front(mode, 2)) {
      Map<String, String> environment = new HashMap<>(front.environment());
      environment.put("NODE_PATH", MODULES.resolve("node_modules").toString());

      Program run = Program.run(environment, "node", "--no-deprecation", script(script + ".cjs"));

      assertThat(run.err()).isEmpty();
      assertThat(run.out().lines()).containsExactlyElementsOf(STEPS);
      assertThat(run.exit()).isZero();
    }
  }

  private static synchronized boolean hasModules() throws IOException {
    if (Files.exists(MODULES.resolve("complete"))) {
      return true;
    }
    Files.createDirectories(MODULES);
    Files.writeString(MODULES.resolve("package.json"), "{\"private\": true}\n");
    String prefix = "--prefix=" + MODULES;
    for (String module : PACKAGES) {
      if (!Program.works("npm", "install", "--no-audit", "--no-fund", prefix, module)) {
        return false;
      }
    }
    Files.writeString(MODULES.resolve("complete"), "");
    return true;
  }

  @ParameterizedTest
  @CsvSource({
    "psycopg2,psycopg2,session", "psycopg2,psycopg2,transaction",
    "psycopg3,psycopg,session", "psycopg3,psycopg,transaction"
  })
  void driversOfPython(String script, String module, String mode) throws Exception {
    String python =
        PYTHONS.stream()
            .filter(candidate -> Program.works(candidate, "-c", "import " + module))
            .findFirst()
            .orElse("");
    assumeTrue(!python.isEmpty(), module + " is not on this machine");
    try (Front front = new Front(mode, 2)) {
      Program run = Program.run(front.environment(), python, script(script + "-client.py"));

      assertThat(run.err()).isEmpty();
      assertThat(run.out().lines()).containsExactlyElementsOf(steps(script));
      assertThat(run.exit()).isZero();
    }
  }

  /** psycopg2 has no prepared statements. */
  private static List<String> steps(String script) {
    return STEPS.stream()
        .filter(step -> !script.equals("psycopg2") || !step.equals("prepared"))
        .toList();
  }

  private static String script(String name) throws Exception {
    return Path.of(ScriptsTest.class.getResource("/clients/" + name).toURI()).toString();
  }
}
