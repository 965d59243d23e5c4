package dev.sluice.pgwire;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of the tracked settings in one session: of a client, or of a server. Not thread-safe.
 *
 * <p>Equal values are mostly the same object, because two sessions are compared for each
 * transaction.
 */
public final class SessionParameters {
  private final TrackedParameters tracked;
  private final @Nullable String[] values;

  /** None is known yet. */
  public SessionParameters(TrackedParameters tracked) {
    this.tracked = tracked;
    this.values = new String[tracked.names().size()];
  }

  /**
   * Notes a value.
   *
   * @return whether the setting is one of those tracked
   */
  public boolean set(String name, String value) {
    int index = tracked.index(name);
    if (index < 0) {
      return false;
    }
    values[index] = value.equals(values[index]) ? values[index] : tracked.shared(index, value);
    return true;
  }

  /** The value of a setting; null if it is not known, or not tracked. */
  public @Nullable String get(String name) {
    int index = tracked.index(name);
    return index < 0 ? null : values[index];
  }

  /** Shows each value that is known. */
  public void forEach(BiConsumer<String, String> look) {
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      if (value != null) {
        look.accept(tracked.names().get(i), value);
      }
    }
  }

  /** Whether a session with the other values needs none of {@link #toApplyTo}. */
  public boolean agreesWith(SessionParameters other) {
    for (int i = 0; i < values.length; i++) {
      if (differs(values[i], other.values[i])) {
        return false;
      }
    }
    return true;
  }

  /**
   * The statements that give the values of this session to the other one; empty if none is needed.
   */
  public String toApplyTo(SessionParameters other) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      if (value != null && differs(value, other.values[i])) {
        String name = tracked.names().get(i);
        sql.append("SET ").append(name).append('=').append(Literals.value(name, value)).append(';');
      }
    }
    return sql.toString();
  }

  /** Takes the other session's values: what PostgreSQL made of ours. */
  public void adopt(SessionParameters other) {
    for (int i = 0; i < values.length; i++) {
      if (other.values[i] != null) {
        values[i] = other.values[i];
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // mostly, the same object; else the texts are compared
  private static boolean differs(@Nullable String wanted, @Nullable String actual) {
    return wanted != actual && wanted != null && !wanted.equalsIgnoreCase(actual);
  }
}
