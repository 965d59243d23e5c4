package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import dev.sluice.pool.PoolConfig.Problem;
import java.util.List;
import java.util.Map;

/**
 * What the settings of a source say.
 *
 * @param values the options that they set
 * @param driverProperties what they hand to the driver, by its own names
 * @param problems what is wrong with them
 * @param notes what is worth a warning
 */
public record Reading(
    List<Value> values,
    Map<String, Secret> driverProperties,
    List<Problem> problems,
    List<String> notes) {

  /**
   * The value of an option.
   *
   * @param option the option
   * @param value a value of its type; of minSize, -1 means that it follows maxSize
   * @param where the key behind the place where it was found
   */
  public record Value(Option option, Object value, String where) {
    /** Shows no value, for it may be a secret. */
    @Override
    public String toString() {
      return where;
    }
  }

  /** Shows no value, for it may be a secret. */
  @Override
  public String toString() {
    return values + ", " + problems;
  }
}
