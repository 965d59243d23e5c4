package dev.sluice.jdbc.config;

import org.jspecify.annotations.Nullable;

/**
 * A key and its raw value in a source, and its place.
 *
 * @param key the key without the name of its section
 * @param value text, a number, a boolean, a list, or any object from a map
 * @param place where it was found, to put in front of the key: {@code "pool.toml:3: "}
 * @param spelled the key as written, with the name of its section
 * @param peer the pool whose prefix it has; null if it has none
 */
public record Setting(String key, Object value, String place, String spelled, @Nullable Peer peer) {

  /** A setting under no peer's prefix. */
  Setting(String key, Object value, String place, String spelled) {
    this(key, value, place, spelled, null);
  }

  /** The place where it was found, followed by the key: {@code pool.toml:3: max_size}. */
  public String where() {
    return place + Printable.of(spelled);
  }

  /** Shows no value, because it may be a secret. */
  @Override
  public String toString() {
    return where();
  }
}
