package dev.sluice.contract;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A sentence about pools that can be tried.
 *
 * @param name the sentence in camel case; begins with {@code knownBug} and the numbers of the known
 *     bugs that it guards against, if any, with {@code And} between them
 * @param onRealDatabases whether it needs nothing of the fake database that others lack
 * @param trial tries it
 */
public record Behaviour(String name, boolean onRealDatabases, Trial trial) {
  private static final Pattern BUGS = Pattern.compile("^knownBug(\\d\\d)((?:And\\d\\d)*)");

  /** Tries a behaviour. */
  @FunctionalInterface
  public interface Trial {
    /**
     * Returns if the pool behaves.
     *
     * @throws Broken if it does not
     * @throws NotOffered if the question does not arise
     */
    void run(Stage stage) throws Exception;
  }

  static Behaviour anywhere(String name, Trial trial) {
    return new Behaviour(name, true, trial);
  }

  static Behaviour onFake(String name, Trial trial) {
    return new Behaviour(name, false, trial);
  }

  /** All behaviours, in the order of their themes. */
  public static List<Behaviour> all() {
    return Stream.of(
            SessionBehaviours.all(),
            HandleBehaviours.all(),
            CrowdBehaviours.all(),
            DeadlineBehaviours.all(),
            GivingUpBehaviours.all(),
            RecoveryBehaviours.all(),
            TruthBehaviours.all(),
            EndBehaviours.all())
        .flatMap(List::stream)
        .toList();
  }

  /** The sentence. */
  public String sentence() {
    String words =
        BUGS.matcher(name)
            .replaceFirst("")
            .replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ")
            .toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** The numbers of the known bugs that it guards against, ascending. */
  public List<Integer> bugs() {
    Matcher found = BUGS.matcher(name);
    if (!found.find()) {
      return List.of();
    }
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String number : (found.group(1) + found.group(2)).split("And")) {
      numbers.add(Integer.parseInt(number));
    }
    return List.copyOf(numbers);
  }

  @Override
  public String toString() {
    return name;
  }
}
