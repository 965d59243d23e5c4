package dev.sluice.jdbc;

import dev.sluice.pool.Overload;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What sort of value an option takes: how it is read from what a source holds.
 *
 * @param <T> the value
 */
abstract class Kind<T> {
  private static final Map<String, Integer> ISOLATIONS =
      Map.of(
          "readuncommitted", Connection.TRANSACTION_READ_UNCOMMITTED,
          "readcommitted", Connection.TRANSACTION_READ_COMMITTED,
          "repeatableread", Connection.TRANSACTION_REPEATABLE_READ,
          "serializable", Connection.TRANSACTION_SERIALIZABLE,
          "snapshot", 4096);

  private final String name;

  private Kind(String name) {
    this.name = name;
  }

  /** What may be given, in a few words. */
  final String described() {
    return name;
  }

  /** Turns what a source holds into a value. */
  abstract T read(Object raw) throws BadValue;

  private interface Reader<T> {
    T read(Object raw) throws BadValue;
  }

  private static <T> Kind<T> of(String name, Reader<T> reader) {
    return new Kind<>(name) {
      @Override
      T read(Object raw) throws BadValue {
        return reader.read(raw);
      }
    };
  }

  static Kind<String> text() {
    return of("text", Kind::plainText);
  }

  static Kind<Secret> secret() {
    return of("text, never shown", raw -> raw instanceof Secret s ? s : Secret.of(plainText(raw)));
  }

  static Kind<Integer> integer(int min, int max) {
    return of(
        max == Integer.MAX_VALUE
            ? "whole number from " + min
            : String.format(Locale.ROOT, "whole number from %d to %,d", min, max),
        raw -> (int) wholeNumber(raw, min, max));
  }

  static Kind<Long> longInteger(long min) {
    return of("whole number from " + min, raw -> wholeNumber(raw, min, Long.MAX_VALUE));
  }

  static Kind<Double> fraction(double min, double max) {
    return of(
        "number from " + min + " to " + max,
        raw -> {
          double value = number(raw, min, max);
          if (!(value >= min && value <= max)) {
            throw new BadValue("must be a number from " + min + " to " + max);
          }
          return value;
        });
  }

  static Kind<Boolean> bool() {
    return of("true or false", Kind::truth);
  }

  /** A duration for which zero has no special meaning in words. */
  static Kind<Duration> duration() {
    return of("duration", raw -> duration(raw, false));
  }

  /** A duration for which zero, or {@code off}, means that something is not done. */
  static Kind<Duration> durationOrOff() {
    return of("duration, or off", raw -> duration(raw, true));
  }

  /** A duration after which something is done, or {@code never}. */
  static Kind<Duration> durationOrNever() {
    return of(
        "duration, or never",
        raw -> raw instanceof String s && isOff(s) ? Durations.LONGEST : duration(raw, false));
  }

  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.toList());
    return of(
        String.join(", ", names),
        raw -> {
          for (E constant : type.getEnumConstants()) {
            if (constant == raw || squeeze(constant.name()).equals(squeeze(plainText(raw)))) {
              return constant;
            }
          }
          throw new BadValue("must be one of " + String.join(", ", names) + didYouMean(raw, names));
        });
  }

  /** Statements: one as text, several as a list. */
  static Kind<List<String>> statements() {
    return of("SQL, or a list of it", Kind::statements);
  }

  static Kind<Integer> isolation() {
    return of(
        "READ_UNCOMMITTED, READ_COMMITTED, REPEATABLE_READ, SERIALIZABLE, SNAPSHOT, or JDBC's"
            + " number",
        Kind::isolation);
  }

  static Kind<ResetPolicy> resetPolicy() {
    return of(
        "FAST, VERIFIED, CLEAN, or a list of SQL",
        raw ->
            switch (raw instanceof String s ? squeeze(s) : "") {
              case "fast" -> ResetPolicy.FAST;
              case "verified" -> ResetPolicy.VERIFIED;
              case "clean" -> ResetPolicy.CLEAN;
              default -> sqlReset(raw);
            });
  }

  private static ResetPolicy sqlReset(Object raw) throws BadValue {
    if (raw instanceof ResetPolicy policy) {
      return policy;
    }
    // A lone word is no statement but a slip: every useful statement has a space or is a list's.
    if (raw instanceof String s && !s.strip().contains(" ")) {
      throw new BadValue("must be FAST, VERIFIED, CLEAN, or a list of SQL");
    }
    List<String> statements = statements(raw);
    if (statements.isEmpty()) {
      throw new BadValue("must be FAST, VERIFIED, CLEAN, or a list of SQL, is empty");
    }
    return new ResetPolicy(ResetPolicy.Level.SQL, statements);
  }

  /** {@code codel}, or target and interval as {@code 50ms/2s}. */
  static Kind<Overload> overload() {
    return of("codel, or target and interval such as 50ms/2s", Kind::overload);
  }

  private static Overload overload(Object raw) throws BadValue {
    if (raw instanceof Overload overload) {
      return overload;
    }
    String text = plainText(raw);
    if (squeeze(text).equals("codel")) {
      return Overload.CODEL;
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw new BadValue("must be codel, or target and interval such as 50ms/2s");
    }
    try {
      return new Overload(Durations.parse(parts[0]), Durations.parse(parts[1]));
    } catch (IllegalArgumentException e) {
      throw new BadValue("must be target/interval with 0 < target < interval");
    }
  }

  /** An object that only a program can give. */
  static <T> Kind<T> object(Class<T> type) {
    String name = type.getSimpleName();
    String article = "AEIOU".indexOf(name.charAt(0)) < 0 ? "a " : "an ";
    return of(
        article + name + ", from a program",
        raw -> {
          if (type.isInstance(raw)) {
            return type.cast(raw);
          }
          throw new BadValue("must be " + article + name + ", which only a program can give");
        });
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

  private static long wholeNumber(Object raw, long min, long max) throws BadValue {
    String allowed =
        max == Long.MAX_VALUE || max == Integer.MAX_VALUE
            ? "must be a whole number from " + min
            : String.format(Locale.ROOT, "must be a whole number from %d to %,d", min, max);
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

  private static double number(Object raw, double min, double max) throws BadValue {
    if (raw instanceof Number number) {
      return number.doubleValue();
    }
    String text = plainText(raw).strip();
    // Double.valueOf also takes hexadecimal and a trailing "d", which nobody means.
    if (!text.matches("[+-]?[0-9.]{1,30}([eE][+-]?[0-9]{1,3})?")) {
      throw new BadValue("must be a number from " + min + " to " + max);
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadValue("must be a number from " + min + " to " + max);
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

  private static Duration duration(Object raw, boolean offAllowed) throws BadValue {
    if (raw instanceof Duration duration) {
      return Durations.bounded(duration);
    }
    if (raw instanceof Boolean || (raw instanceof String s && isOff(s))) {
      if (offAllowed && !Boolean.TRUE.equals(raw)) {
        return Duration.ZERO;
      }
      throw new BadValue("must be " + Durations.ALLOWED);
    }
    return Durations.parse(plainText(raw));
  }

  static boolean isOff(String text) {
    return switch (squeeze(text)) {
      case "off", "never", "none", "disabled" -> true;
      default -> false;
    };
  }

  private static List<String> statements(Object raw) throws BadValue {
    List<String> statements = new ArrayList<>();
    for (Object statement : raw instanceof List<?> list ? list : List.of(raw)) {
      if (!(statement instanceof CharSequence)) {
        throw new BadValue("must be SQL as text, or a list of such texts");
      }
      if (statement.toString().isBlank()) {
        throw new BadValue("must not hold an empty statement");
      }
      statements.add(statement.toString());
    }
    return List.copyOf(statements);
  }

  private static Integer isolation(Object raw) throws BadValue {
    String text = squeeze(plainText(raw));
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

  private static String didYouMean(Object raw, List<String> names) {
    if (!(raw instanceof String text)) {
      return "";
    }
    return Nearest.to(text.strip().toUpperCase(Locale.ROOT), names)
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  /** Lower case without what separates words: the form in which names are compared. */
  static String squeeze(String name) {
    StringBuilder squeezed = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '-' && c != '_' && c != ' ') {
        squeezed.append(Character.toLowerCase(c));
      }
    }
    return squeezed.toString();
  }
}
