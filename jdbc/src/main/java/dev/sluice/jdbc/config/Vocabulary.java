package dev.sluice.jdbc.config;

/** Distinguishes keys of a URL that are for the pool from those for the driver. */
public interface Vocabulary {
  /** Whether the pool knows the key. */
  boolean knows(String key);

  /** Whether a key means the database's URL. */
  boolean isUrl(String key);

  /** Whether a key means a part of the database's URL. */
  boolean isPlace(String key);
}
