package dev.sluice.proxy.config;

import java.util.Collection;
import java.util.Locale;

/** Suggests the known word that a misspelt one probably means. */
final class Nearest {
  private static final int MAX_CHARS = 64;

  private Nearest() {}

  /**
   * Returns {@code ; did you mean X?}, or nothing if no known word is near. Case does not count.
   */
  static String hint(String word, Collection<String> known) {
    if (word.length() > MAX_CHARS) {
      return "";
    }
    String best = "";
    int allowed = Math.max(1, word.length() / 3);
    for (String candidate : known) {
      int distance = distance(word.toLowerCase(Locale.ROOT), candidate);
      if (distance <= allowed) {
        allowed = distance - 1;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean " + best + "?";
  }

  /** Counts letters added, lost or changed, and neighbours swapped. */
  static int distance(String a, String b) {
    int[] twoAbove = new int[b.length() + 1];
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = row(a, b, i, above, twoAbove);
      twoAbove = above;
      above = row;
    }
    return above[b.length()];
  }

  private static int[] row(String a, String b, int i, int[] above, int[] twoAbove) {
    int[] row = new int[b.length() + 1];
    row[0] = i;
    for (int j = 1; j <= b.length(); j++) {
      int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
      row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
      if (isSwap(a, i, b, j)) {
        row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
      }
    }
    return row;
  }

  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
