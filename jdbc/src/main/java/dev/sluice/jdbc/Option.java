package dev.sluice.jdbc;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An option of a pool: its name, what it takes, how it is set and read.
 *
 * @param key its name in camel case
 * @param group where the documentation lists it
 * @param kind what it takes
 * @param about what it does, in a sentence or two
 * @param reloadable whether a running pool can take another value
 * @param setter sets it
 * @param getter reads it, null if it is not set
 * @param <T> its value
 */
record Option<T>(
    String key,
    Group group,
    Kind<T> kind,
    String about,
    boolean reloadable,
    BiFunction<SluiceBuilder, T, SluiceBuilder> setter,
    Function<SluiceConfig, @Nullable Object> getter) {

  /** The documentation's chapters. */
  enum Group {
    DATABASE("The database"),
    SIZE("Sizes"),
    LIMITS("Limits of time"),
    LIFE("Checks and lifetime"),
    FAILURE("When the database cannot be reached"),
    SESSION("The session that a borrower finds"),
    DIAGNOSIS("Leaks and slowness"),
    POOL("Start, order, overload");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Sets a value of this option's kind. */
  SluiceBuilder set(SluiceBuilder builder, Object value) {
    // The value came from this option's own kind.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return setter.apply(builder, typed);
  }
}
