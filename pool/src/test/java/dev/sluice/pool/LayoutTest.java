package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The engine's classes depend on each other in one direction. */
class LayoutTest {
  private static final Path CLASSES = Path.of("target/classes/dev/sluice/pool");
  private static final Pattern NAME = Pattern.compile("dev/sluice/pool/(\\w+)");
  private static final Set<String> OPTIONS =
      Set.of("PoolChecks", "PoolConfig", "PoolOptions", "PoolValues");

  @Test
  void noClassesDependOnEachOtherInACycle() throws IOException {
    Map<String, Set<String>> uses = new TreeMap<>();
    try (Stream<Path> files = Files.list(CLASSES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = outermost(file.getFileName().toString().replace(".class", ""));
        uses.computeIfAbsent(name, n -> new TreeSet<>()).addAll(namesIn(Files.readAllBytes(file)));
      }
    }
    uses.forEach((name, used) -> used.remove(name));
    assertThat(uses).as("the classes that were looked at").hasSizeGreaterThan(40);
    assertThat(uses.get("Pool")).contains("Engine");

    assertThat(cycles(uses)).isEmpty();
  }

  @Test
  void cycleWouldBeFound() {
    Map<String, Set<String>> uses =
        Map.of("A", Set.of("B", "D"), "B", Set.of("C"), "C", Set.of("A"), "D", Set.of());

    assertThat(cycles(uses)).containsExactly(List.of("A", "B", "C"));
  }

  /** A nested class belongs to the one around it, and the options, in several files, are one. */
  private static String outermost(String name) {
    int nested = name.indexOf('$');
    String outer = nested < 0 ? name : name.substring(0, nested);
    return OPTIONS.contains(outer) ? "PoolConfig" : outer;
  }

  /** The package's classes that stand in a class file's constants, be it in a name or a type. */
  private static Set<String> namesIn(byte[] classFile) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String text : ClassFile.texts(classFile)) {
      Matcher matcher = NAME.matcher(text);
      while (matcher.find()) {
        names.add(outermost(matcher.group(1)));
      }
    }
    return names;
  }

  /** The groups of names that lead to each other, each in order. */
  private static List<List<String>> cycles(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reached = new HashMap<>();
    uses.keySet().forEach(name -> reached.put(name, reachable(name, uses)));
    Map<Set<String>, List<String>> groups =
        uses.keySet().stream()
            .filter(name -> reached.get(name).contains(name))
            .sorted()
            .collect(
                Collectors.groupingBy(
                    name ->
                        reached.get(name).stream()
                            .filter(n -> reached.getOrDefault(n, Set.of()).contains(name))
                            .collect(Collectors.toSet())));
    return groups.values().stream().sorted((a, b) -> a.get(0).compareTo(b.get(0))).toList();
  }

  private static Set<String> reachable(String from, Map<String, Set<String>> uses) {
    Set<String> seen = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (seen.add(name)) {
        open.addAll(uses.getOrDefault(name, Set.of()));
      }
    }
    return seen;
  }
}
