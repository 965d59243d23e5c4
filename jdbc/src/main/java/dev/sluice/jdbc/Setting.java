package dev.sluice.jdbc;

/**
 * A key with its value as it was found, and where.
 *
 * @param key as it was written, without the name of its section
 * @param value text, a number, a boolean, a list, or any object that a map held
 * @param origin where it was found, for messages ({@code pool.toml:3}); empty if that says nothing
 */
record Setting(String key, Object value, String origin) {

  /** The key with where it was found. */
  String where() {
    return origin.isEmpty() ? key : origin + ": " + key;
  }

  /** Shows no value, for it may be a secret. */
  @Override
  public String toString() {
    return where();
  }
}
