package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/known-bugs.md tells the truth. */
class KnownBugsTableTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Path TABLE = ROOT.resolve("docs/known-bugs.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|.*$");
  private static final Pattern TEST = Pattern.compile("`(knownBug\\w+)`");
  private static final Pattern METHOD = Pattern.compile("void (knownBug\\w+)\\(");

  @Test
  void everyKnownBugHasATestOfItsNumber() throws IOException {
    String table = Files.readString(TABLE);

    assertThat(ROW.matcher(table).results().map(row -> Integer.valueOf(row.group(1))))
        .as("numbers, in their order, the first 31 without a gap")
        .isSorted()
        .doesNotHaveDuplicates()
        .containsAll(IntStream.rangeClosed(1, 31).boxed().toList());
    ROW.matcher(table)
        .results()
        .forEach(
            row ->
                assertThat(names(TEST, row.group()))
                    .isNotEmpty()
                    .allSatisfy(carries(Integer.parseInt(row.group(1)))));
  }

  private static Consumer<String> carries(int number) {
    return name -> assertThat(name).startsWith("knownBug%02d".formatted(number));
  }

  @Test
  void theTestsInTheTableAreTheTestsThatThereAre() throws IOException {
    Set<String> there = new TreeSet<>();
    Behaviour.all().stream().map(Behaviour::name).forEach(there::add);
    there.removeIf(name -> !name.startsWith("knownBug"));
    for (Path source : sources()) {
      there.addAll(names(METHOD, Files.readString(source)));
    }

    assertThat(new TreeSet<>(names(TEST, Files.readString(TABLE)))).isEqualTo(there);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/target/"))
          .toList();
    }
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(KnownBugsTableTest::name)
        .collect(Collectors.toSet());
  }

  private static String name(MatchResult result) {
    return result.group(1);
  }
}
