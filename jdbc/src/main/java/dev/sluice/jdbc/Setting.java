package dev.sluice.jdbc;

/**
 * A key with its value as it was found, and where.
 *
 * @param key what it names, without the name of its section
 * @param value text, a number, a boolean, a list, or any object that a map held
 * @param where the key as it was written, behind the place where it was found: {@code pool.toml:3:
 *     max_size}
 */
record Setting(String key, Object value, String where) {

  /** The key as it was written. */
  String spelled() {
    return where.substring(where.lastIndexOf(' ') + 1);
  }

  /** Shows no value, for it may be a secret. */
  @Override
  public String toString() {
    return where();
  }
}
