package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import dev.sluice.pool.PoolConfig.Problem;
import java.util.List;
import java.util.Map;

/**
 * The result of reading a source.
 *
 * @param values the options that it sets
 * @param driverProperties its properties for the driver, by the driver's own names
 * @param problems its errors
 * @param notes its warnings
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
   * @param where the place where it was found, followed by the key
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
