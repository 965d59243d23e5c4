package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.fresh.DriverAlone;
import dev.sluice.bench.fresh.FirstStatement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What Sluice loads until a fresh JVM has executed its first statement, beyond what the driver
 * loads by itself. Loading is nearly all that a cold start takes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstLeaseClassesTest {
  /** How many it was when this was written, on JDK 17 and from JDK 21 on. */
  private static final int CLASSES_17 = 271;

  private static final int CLASSES_21 = 277;

  /** The packages whose first use costs milliseconds, and that a first lease does not need. */
  private static final List<String> DEAR =
      List.of(
          "java.lang.management.",
          "java.util.logging.",
          "java.util.regex.",
          "java.util.stream.",
          "javax.management.",
          "jdk.internal.logger.",
          "jdk.jfr.",
          "sun.util.logging.");

  /** Says whether anybody records, and loads nothing else. */
  private static final String RECORDER = "jdk.jfr.FlightRecorder";

  private static final String LAMBDA = "$$Lambda";

  private final FreshJvm jvm = new FreshJvm(List.of());
  private Set<String> added = Set.of();

  @BeforeAll
  void startBoth() throws Exception {
    Set<String> classes = names(jvm.classes(FirstStatement.class, "sluice"));
    classes.removeAll(names(jvm.classes(DriverAlone.class)));
    classes.removeIf(name -> name.startsWith("dev.sluice.bench."));
    added = classes;
  }

  /** Without the numbers that the JVM gives to what it makes up. */
  private static Set<String> names(List<String> loaded) {
    Set<String> names = new TreeSet<>();
    for (String name : loaded) {
      int lambda = name.indexOf(LAMBDA);
      names.add(lambda < 0 ? name.split("/", 2)[0] : name.substring(0, lambda + LAMBDA.length()));
    }
    return names;
  }

  @Test
  void countHasNotGrownByMoreThanATenth() {
    int before = Runtime.version().feature() < 21 ? CLASSES_17 : CLASSES_21;

    assertThat(added.size())
        .as("classes that the first lease loads; see what is new among %s", added)
        .isLessThanOrEqualTo(before + before / 10);
  }

  @Test
  void nothingDearIsLoaded() {
    assertThat(added)
        .filteredOn(name -> DEAR.stream().anyMatch(name::startsWith))
        .isSubsetOf(RECORDER);
  }

  /** Linking the first one takes as long as loading forty classes, and each more as long as two. */
  @Test
  void noLambdaIsLinked() {
    assertThat(added)
        .noneMatch(name -> name.contains(LAMBDA))
        .noneMatch(name -> name.startsWith("java.lang.invoke.LambdaForm$"))
        .noneMatch(name -> name.startsWith("java.lang.invoke.StringConcat"));
  }
}
