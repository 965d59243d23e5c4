package dev.sluice.proxy.config;

import dev.sluice.proxy.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What the targets have in common. */
final class ConfigFuzz {
  /** A password to look for in all that is shown. No input holds it, for {@link #text} drops it. */
  static final String CANARY = "c4n4ry-s3cr3t";

  /** More than any one message needs, whatever is in it. */
  private static final int LONGEST = 1_500;

  private ConfigFuzz() {}

  /** What Jazzer thought of, as text. */
  static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8).replace(CANARY, "");
  }

  /** Files that exist nowhere: each has this text, but for names that begin with "no". */
  static ConfigFiles files(String text) {
    return file -> {
      if (file.toString().startsWith("no")) {
        throw new IOException("does not exist");
      }
      return text;
    };
  }

  static void refused(ConfigException e) {
    require(!e.problems().isEmpty(), "a problem");
    e.problems().forEach(ConfigFuzz::problem);
    warnings(e.warnings());
  }

  /** A problem is one printable line of bounded length, and shows no secret. */
  static void problem(Problem problem) {
    shown(problem.toString());
    require(!problem.place().isEmpty(), "a place of: " + problem);
    require(problem.text().length() > 8, problem.text());
  }

  static void warnings(List<String> warnings) {
    warnings.forEach(ConfigFuzz::shown);
  }

  static void shown(String text) {
    require(text.length() < LONGEST, text);
    require(!text.contains(CANARY), "the secret hidden");
    require(text.codePoints().noneMatch(ConfigFuzz::isUnprintable), text);
  }

  private static boolean isUnprintable(int c) {
    return Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= 0xdfff);
  }

  /** A place in a text is a line of it. */
  static void inside(String place, Path file, String text) {
    String prefix = file + ":";
    require(place.startsWith(prefix), place);
    int line = Integer.parseInt(place.substring(prefix.length()));
    require(line >= 1 && line <= text.split("\n", -1).length, place);
  }

  /** Plain, for Jazzer instruments whatever is loaded. */
  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }
}
