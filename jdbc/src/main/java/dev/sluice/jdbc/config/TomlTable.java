package dev.sluice.jdbc.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of a TOML document: keys in the order in which they were written, each with its position.
 *
 * <p>A value is a {@link String}, {@link Long}, {@link Double}, {@link Boolean}, a date or time of
 * {@code java.time}, a {@link TomlTable}, or a {@link java.util.List} of {@link Node}s.
 */
public final class TomlTable {
  /** A value and where it starts; lines and columns count from 1. */
  public record Node(Object value, int line, int column) {}

  /** How a table was defined, which decides whether it can be extended. */
  enum Origin {
    /** It is the parent of a table that a header names. */
    IMPLIED,
    /** A header names it. */
    HEADER,
    /** A dotted key implies it. */
    DOTTED,
    /** It was written inline, in braces, and is complete. */
    INLINE
  }

  private final Map<String, Node> entries = new LinkedHashMap<>();
  Origin origin;

  TomlTable(Origin origin) {
    this.origin = origin;
  }

  /** The keys in the order in which they were written. */
  public Map<String, Node> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** The value of a key; null if there is none. */
  public @Nullable Node get(String key) {
    return entries.get(key);
  }

  void put(String key, Node node) {
    entries.put(key, node);
  }
}
