package dev.sluice.jdbc;

import dev.sluice.jdbc.config.Option;
import dev.sluice.jdbc.config.OptionGroup;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The differences between two configurations of one pool. */
final class Reconfiguration {
  /** Options that affect connections although they belong to another chapter. */
  private static final Set<Option> OF_CONNECTIONS =
      Set.of(Option.QUERY_TIMEOUT, Option.VALIDATION_QUERY, Option.VALIDATOR);

  private final List<Option> changed;
  private final boolean driverPropertiesChanged;

  private Reconfiguration(List<Option> changed, boolean driverPropertiesChanged) {
    this.changed = changed;
    this.driverPropertiesChanged = driverPropertiesChanged;
  }

  static Reconfiguration between(SluiceConfig before, SluiceConfig after) {
    return new Reconfiguration(
        Stream.of(Option.values()).filter(option -> differs(option, before, after)).toList(),
        !before.driverProperties().equals(after.driverProperties()));
  }

  private static boolean differs(Option option, SluiceConfig before, SluiceConfig after) {
    return !Objects.equals(OptionValues.get(before, option), OptionValues.get(after, option));
  }

  /** Refuses a change that would only take effect in a new pool. */
  void refuseWhatIsFixed(String pool) {
    List<String> fixed =
        changed.stream().filter(option -> !isChangeable(option)).map(Option::key).toList();
    if (!fixed.isEmpty()) {
      throw new SluiceConfigException(
          "pool '"
              + pool
              + "' is running, so these options cannot change: "
              + String.join(", ", fixed));
    }
  }

  boolean concernsConnections() {
    return driverPropertiesChanged || changed.stream().anyMatch(Reconfiguration::isOfConnections);
  }

  boolean concernsSizes() {
    return changed.stream().anyMatch(Option::reloadable);
  }

  /** Whether a running pool can take another value. */
  static boolean isChangeable(Option option) {
    return option.reloadable() || isOfConnections(option);
  }

  private static boolean isOfConnections(Option option) {
    return option.group() == OptionGroup.DATABASE
        || option.group() == OptionGroup.SESSION
        || OF_CONNECTIONS.contains(option);
  }
}
