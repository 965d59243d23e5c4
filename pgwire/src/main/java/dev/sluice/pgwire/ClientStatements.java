package dev.sluice.pgwire;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls the statements that it has prepared. Not thread-safe.
 *
 * <p>A statement whose Parse failed, or was skipped after an error, stays known as an
 * <i>attempt</i>. Drivers that pipeline may have missed that, and use its name: then it is prepared
 * anew. The name is free for another statement.
 */
public final class ClientStatements {
  /** The most attempts that are kept; the one that was not used for the longest time goes first. */
  static final int MOST_ATTEMPTS = 64;

  private static final float LOAD_FACTOR = 0.75f;

  private final StatementCatalog catalog;
  private Map<String, PreparedText> byName = Map.of();
  private Map<String, PreparedText> attempts = Map.of();

  /** None yet. */
  public ClientStatements(StatementCatalog catalog) {
    this.catalog = catalog;
  }

  /** Notes a statement, of which the client is a user already. */
  public void put(String name, PreparedText text) {
    if (byName.isEmpty()) {
      byName = new HashMap<>();
    }
    PreparedText before = byName.put(name, text);
    if (before != null) {
      catalog.release(before);
    }
    forgetAttempt(name);
  }

  /** The statement that the client calls so. */
  public @Nullable PreparedText get(String name) {
    return byName.get(name);
  }

  /** The same, or the one that it has tried to prepare under this name. */
  public @Nullable PreparedText getOrAttempt(String name) {
    PreparedText text = byName.get(name);
    return text == null ? attempts.get(name) : text;
  }

  /** Forgets a name; returns what it meant, of which the caller is now a user. */
  public @Nullable PreparedText remove(String name) {
    forgetAttempt(name);
    return byName.isEmpty() ? null : byName.remove(name);
  }

  /** Forgets a name if it still means this statement. */
  public void remove(String name, PreparedText text) {
    if (!byName.isEmpty() && byName.remove(name, text)) {
      catalog.release(text);
    }
  }

  /** Makes a statement an attempt, if the name still means this statement. */
  public void failed(String name, PreparedText text) {
    if (byName.isEmpty() || !byName.remove(name, text)) {
      return;
    }
    if (attempts.isEmpty()) {
      attempts = new LinkedHashMap<>(MOST_ATTEMPTS, LOAD_FACTOR, true);
    }
    attempts.put(name, text);
    if (attempts.size() > MOST_ATTEMPTS) {
      forgetAttempt(attempts.keySet().iterator().next());
    }
  }

  private void forgetAttempt(String name) {
    PreparedText text = attempts.isEmpty() ? null : attempts.remove(name);
    if (text != null) {
      catalog.release(text);
    }
  }

  /** Forgets all. */
  public void clear() {
    byName.values().forEach(catalog::release);
    byName = Map.of();
    attempts.values().forEach(catalog::release);
    attempts = Map.of();
  }

  /** How many there are, attempts not counted. */
  public int size() {
    return byName.size();
  }
}
