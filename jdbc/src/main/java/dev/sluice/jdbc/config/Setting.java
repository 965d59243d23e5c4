package dev.sluice.jdbc.config;

import org.jspecify.annotations.Nullable;

/**
 * A key with its value as a source holds it, and where.
 *
 * @param key what it names, without the name of its section
 * @param value text, a number, a boolean, a list, or any object that a map held
 * @param place where it was found, in front of the key: {@code "pool.toml:3: "}
 * @param spelled the key as it was written, with the name of its section
 * @param peer the pool under whose prefix it stands; null if it stands under none
 */
public record Setting(String key, Object value, String place, String spelled, @Nullable Peer peer) {

  /** A setting under no peer's prefix. */
  Setting(String key, Object value, String place, String spelled) {
    this(key, value, place, spelled, null);
  }

  /** The key behind the place where it was found: {@code pool.toml:3: max_size}. */
  public String where() {
    return place + Printable.of(spelled);
  }

  /** Shows no value, for it may be a secret. */
  @Override
  public String toString() {
    return where();
  }
}
