package dev.sluice.jdbc.config;

import dev.sluice.jdbc.ResetPolicy;
import dev.sluice.jdbc.Secret;
import dev.sluice.pool.Overload;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a source's raw values in each form. */
final class ValueReader {
  private static final Map<String, Integer> ISOLATIONS =
      Map.of(
          "readuncommitted", Connection.TRANSACTION_READ_UNCOMMITTED,
          "readcommitted", Connection.TRANSACTION_READ_COMMITTED,
          "repeatableread", Connection.TRANSACTION_REPEATABLE_READ,
          "serializable", Connection.TRANSACTION_SERIALIZABLE,
          "snapshot", 4096);

  private ValueReader() {}

  /** The range of a whole number, in words. */
  static String range(long min, long max) {
    return max == Long.MAX_VALUE || max == Integer.MAX_VALUE
        ? "from " + min
        : String.format(Locale.ROOT, "from %d to %,d", min, max);
  }

  static ResetPolicy resetPolicy(Object raw) throws BadValue {
    return switch (raw instanceof String s ? KeyStyle.squeeze(s) : "") {
      case "fast" -> ResetPolicy.FAST;
      case "verified" -> ResetPolicy.VERIFIED;
      case "clean" -> ResetPolicy.CLEAN;
      default -> sqlReset(raw);
    };
  }

  private static ResetPolicy sqlReset(Object raw) throws BadValue {
    if (raw instanceof ResetPolicy policy) {
      return policy;
    }
    // A lone word is a mistake and not a statement: every useful statement has a space or is part
    // of a list.
    if (raw instanceof String s && !s.strip().contains(" ")) {
      throw new BadValue("must be FAST, VERIFIED, CLEAN, or a list of SQL");
    }
    List<String> statements = statements(raw);
    if (statements.isEmpty()) {
      throw new BadValue("must be FAST, VERIFIED, CLEAN, or a list of SQL, is empty");
    }
    return new ResetPolicy(ResetPolicy.Level.SQL, statements);
  }

  static Overload overload(Object raw) throws BadValue {
    if (raw instanceof Overload overload) {
      return overload;
    }
    String text = plainText(raw);
    if (KeyStyle.squeeze(text).equals("codel")) {
      return Overload.CODEL;
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw new BadValue("must be codel, or target and interval such as 50ms/2s");
    }
    try {
      return new Overload(DurationText.parse(parts[0]), DurationText.parse(parts[1]));
    } catch (IllegalArgumentException e) {
      throw new BadValue("must be target/interval with 0 < target < interval");
    }
  }

  static String plainText(Object raw) throws BadValue {
    if (raw instanceof CharSequence
        || raw instanceof Number
        || raw instanceof Boolean
        || raw instanceof Enum<?>) {
      return raw.toString();
    }
    if (raw instanceof Secret) {
      throw new BadValue("must be text that may be shown");
    }
    throw new BadValue("must be text");
  }

  static long wholeNumber(Object raw, long min, long max) throws BadValue {
    String allowed = "must be a whole number " + range(min, max);
    long value;
    if (raw instanceof Long
        || raw instanceof Integer
        || raw instanceof Short
        || raw instanceof Byte) {
      value = ((Number) raw).longValue();
    } else {
      String text = plainText(raw).strip();
      if (!text.matches("[+-]?[0-9][0-9_]{0,30}")) {
        throw new BadValue(allowed);
      }
      try {
        value = Long.parseLong(text.replace("_", ""));
      } catch (NumberFormatException e) {
        throw new BadValue(allowed);
      }
    }
    if (value < min || value > max) {
      throw new BadValue(allowed);
    }
    return value;
  }

  static double number(Object raw, double min, double max) throws BadValue {
    double value = raw instanceof Number number ? number.doubleValue() : parsed(raw);
    if (!(value >= min && value <= max)) {
      throw new BadValue("must be a number from " + min + " to " + max);
    }
    return value;
  }

  /** A text as a number; NaN if it is not one. */
  private static double parsed(Object raw) throws BadValue {
    String text = plainText(raw).strip();
    // Double.valueOf also accepts hexadecimal and a trailing "d", which nobody intends.
    try {
      return text.matches("[+-]?[0-9.]{1,30}([eE][+-]?[0-9]{1,3})?")
          ? Double.parseDouble(text)
          : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  static boolean truth(Object raw) throws BadValue {
    if (raw instanceof Boolean b) {
      return b;
    }
    return switch (plainText(raw).strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> true;
      case "false", "no", "off", "0" -> false;
      default -> throw new BadValue("must be true or false");
    };
  }

  static Duration duration(Object raw, boolean offAllowed) throws BadValue {
    if (raw instanceof Duration duration) {
      return DurationText.bounded(duration);
    }
    if (raw instanceof Boolean || (raw instanceof String s && isOff(s))) {
      if (offAllowed && !Boolean.TRUE.equals(raw)) {
        return Duration.ZERO;
      }
      throw new BadValue("must be " + DurationText.ALLOWED);
    }
    return DurationText.parse(plainText(raw));
  }

  static Duration durationOrNever(Object raw) throws BadValue {
    return raw instanceof String s && isOff(s) ? DurationText.LONGEST : duration(raw, false);
  }

  private static boolean isOff(String text) {
    return switch (KeyStyle.squeeze(text)) {
      case "off", "never", "none", "disabled" -> true;
      default -> false;
    };
  }

  static List<String> statements(Object raw) throws BadValue {
    List<String> statements = new ArrayList<>();
    for (Object statement : raw instanceof List<?> list ? list : List.of(raw)) {
      if (!(statement instanceof CharSequence)) {
        throw new BadValue("must be SQL as text, or a list of such texts");
      }
      if (statement.toString().isBlank()) {
        throw new BadValue("must not contain an empty statement");
      }
      statements.add(statement.toString());
    }
    return List.copyOf(statements);
  }

  static Integer isolation(Object raw) throws BadValue {
    String text = KeyStyle.squeeze(plainText(raw));
    String word = text.startsWith("transaction") ? text.substring("transaction".length()) : text;
    Integer level = ISOLATIONS.get(word);
    if (level != null) {
      return level;
    }
    for (Integer known : ISOLATIONS.values()) {
      if (known.toString().equals(word)) {
        return known;
      }
    }
    throw new BadValue(
        "must be READ_UNCOMMITTED (1), READ_COMMITTED (2), REPEATABLE_READ (4), SERIALIZABLE (8) or"
            + " SNAPSHOT (4096)");
  }
}
