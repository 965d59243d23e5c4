package dev.sluice.jdbc.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the nearest word to a misspelt one. */
final class Nearest {
  /** Longer words are not compared, because no key is so long. */
  private static final int MAX_CHARS = 64;

  private Nearest() {}

  /**
   * Returns the candidate with the smallest distance from the word (letters added, lost or changed,
   * or two swapped); empty if the distance is more than a third of its letters. The first of equals
   * wins.
   */
  static Optional<String> to(String word, Collection<String> candidates) {
    if (word.length() > MAX_CHARS) {
      return Optional.empty();
    }
    String best = null;
    int fewest = Math.max(1, word.length() / 3) + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - word.length()) >= fewest) {
        continue; // So many letters were at least added or lost.
      }
      int slips = slips(word, candidate);
      if (slips < fewest) {
        fewest = slips;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The optimal string alignment distance. */
  static int slips(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + changed);
        if (i > 1 && j > 1 && swapped(a, i, b, j)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  private static boolean swapped(String a, int i, String b, int j) {
    return a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
