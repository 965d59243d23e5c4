package dev.sluice.jdbc.config;

/** Tells keys of a URL that are for the pool from those that are for the driver. */
public interface Vocabulary {
  /** Whether a key means something to the pool. */
  boolean knows(String key);

  /** Whether a key means the database's URL. */
  boolean isUrl(String key);

  /** Whether a key means a part of the database's URL. */
  boolean isPlace(String key);
}
