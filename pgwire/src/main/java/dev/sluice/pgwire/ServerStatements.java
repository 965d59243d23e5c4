package dev.sluice.pgwire;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which statements a session of the server has prepared, the longest unused first. Not thread-safe.
 */
public final class ServerStatements {
  private static final float LOAD = 0.75f;

  private final StatementCatalog catalog;
  private @Nullable LinkedHashMap<PreparedText, PreparedText> inOrderOfUse;

  /** Statements whose Parse or Close may yet fail, or be skipped. */
  private Set<PreparedText> doubtful = Set.of();

  /** None yet. */
  public ServerStatements(StatementCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * What the session has of the same definition, perhaps by another name; it counts as used now.
   * Null if it has none.
   */
  public @Nullable PreparedText find(PreparedText text) {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    return known == null ? null : known.get(text);
  }

  /** The session gets it now. */
  public void add(PreparedText text) {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    if (known == null) {
      known = new LinkedHashMap<>(16, LOAD, true);
      inOrderOfUse = known;
    }
    if (known.put(text, text) == null) {
      catalog.use(text);
    }
  }

  /** The session has it no more, or never got it. */
  public void remove(PreparedText text) {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    if (known != null && known.remove(text) != null) {
      catalog.release(text);
    }
  }

  /** Whether it has the statement depends on requests that were sent and are not answered yet. */
  public void doubt(PreparedText text) {
    if (doubtful.isEmpty()) {
      doubtful = new HashSet<>();
    }
    doubtful.add(text);
  }

  /** Whether nobody knows yet if the session has it. */
  public boolean isDoubtful(PreparedText text) {
    return !doubtful.isEmpty() && doubtful.contains(text);
  }

  /** All requests have been answered. */
  public void settle() {
    if (!doubtful.isEmpty()) {
      doubtful.clear();
    }
  }

  /** The one longest unused, if there are more than {@code most}; it is not removed. */
  public @Nullable PreparedText surplus(int most) {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    if (known == null || known.size() <= most) {
      return null;
    }
    Iterator<Map.Entry<PreparedText, PreparedText>> oldest = known.entrySet().iterator();
    return oldest.next().getKey();
  }

  /** The session has none any more. */
  public void clear() {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    if (known != null) {
      known.keySet().forEach(catalog::release);
      inOrderOfUse = null;
    }
  }

  /** How many the session has. */
  public int size() {
    LinkedHashMap<PreparedText, PreparedText> known = inOrderOfUse;
    return known == null ? 0 : known.size();
  }
}
