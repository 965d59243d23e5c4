package dev.sluice.jdbc.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 30s}, {@code 10m}, {@code 250ms}, {@code 1h30m}, {@code
 * 1.5s}, {@code PT30S}. Never negative, at most ten years, exact to the nanosecond.
 */
public final class DurationText {
  /** The longest duration that any option takes. */
  public static final Duration LONGEST = Duration.ofDays(3650);

  /** The accepted forms, for messages. */
  static final String ALLOWED =
      "a duration such as \"30s\", \"250ms\", \"10m\", \"1h30m\" or \"PT30S\"";

  /** Longer than any sensible duration; keeps hostile text cheap. */
  private static final int MAX_CHARS = 64;

  /** One number with its unit. The pattern is compiled only when there is text to read. */
  private static final class Part {
    private static final Pattern FORM =
        Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ns|us|µs|μs|ms|s|sec|m|min|h|d)(?![a-zµμ])\\s*");

    private Part() {}
  }

  private record Unit(String symbol, Duration length) {
    /** From the longest to the shortest, which is the required order of the parts. */
    private static final List<Unit> ALL =
        List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("m", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)),
            new Unit("us", Duration.ofNanos(1_000)),
            new Unit("ns", Duration.ofNanos(1)));
  }

  private DurationText() {}

  /**
   * Reads a duration.
   *
   * @throws BadValue if it is not a duration, has no unit, is negative or too long
   */
  static Duration parse(String text) throws BadValue {
    String trimmed = text.strip();
    if (trimmed.length() > MAX_CHARS) {
      throw new BadValue("must be " + ALLOWED + ", not " + trimmed.length() + " characters");
    }
    if (trimmed.matches("[+-]?\\d+(\\.\\d+)?") && !trimmed.matches("[+-]?0+(\\.0+)?")) {
      throw new BadValue(
          "needs a unit: write \""
              + trimmed
              + "s\" for seconds or \""
              + trimmed
              + "ms\" for milliseconds");
    }
    String lower = trimmed.toLowerCase(Locale.ROOT);
    Duration duration = lower.matches("[+-]?p.*") ? iso(trimmed) : parts(lower);
    return bounded(duration);
  }

  /** Checks the range that all options share. */
  static Duration bounded(Duration duration) throws BadValue {
    if (duration.isNegative()) {
      throw new BadValue("must not be negative");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new BadValue("must be at most " + LONGEST.toDays() + " days");
    }
    return duration;
  }

  private static Duration iso(String text) throws BadValue {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new BadValue("must be " + ALLOWED);
    }
  }

  private static Duration parts(String text) throws BadValue {
    if (text.matches("[+-]?0+(\\.0+)?")) {
      return Duration.ZERO;
    }
    if (text.startsWith("-")) {
      throw new BadValue("must not be negative");
    }
    Matcher matcher = Part.FORM.matcher(text);
    int at = 0;
    int lastUnit = -1;
    BigDecimal nanos = BigDecimal.ZERO;
    while (at < text.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new BadValue("must be " + ALLOWED);
      }
      int unit = unitIndex(matcher.group(2));
      if (unit <= lastUnit) {
        throw new BadValue("must name each unit once, the longest first, as in \"1h30m\"");
      }
      lastUnit = unit;
      BigDecimal length = BigDecimal.valueOf(Unit.ALL.get(unit).length().toNanos());
      nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(length));
      at = matcher.end();
    }
    if (lastUnit < 0) {
      throw new BadValue("must be " + ALLOWED + ", is empty");
    }
    return ofNanos(nanos);
  }

  private static Duration ofNanos(BigDecimal nanos) throws BadValue {
    if (nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0) {
      throw new BadValue("must be at most " + LONGEST.toDays() + " days");
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
  }

  private static int unitIndex(String symbol) {
    String one =
        switch (symbol) {
          case "µs", "μs" -> "us";
          case "sec" -> "s";
          case "min" -> "m";
          default -> symbol;
        };
    for (int i = 0; i < Unit.ALL.size(); i++) {
      if (Unit.ALL.get(i).symbol().equals(one)) {
        return i;
      }
    }
    throw new AssertionError(symbol);
  }

  /** Like {@link #format}, but also accepts durations that no option takes: {@code -1s}. */
  public static String signed(Duration duration) {
    if (duration.isNegative() && duration.compareTo(LONGEST.negated()) >= 0) {
      return "-" + format(duration.negated());
    }
    return duration.compareTo(LONGEST) > 0 ? duration.toDays() + "d" : format(duration);
  }

  /** Formats a duration so that {@link #parse} can read it: {@code 1h30m}, {@code 250ms}. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      return duration.toString();
    }
    StringBuilder text = new StringBuilder();
    long rest = duration.toNanos();
    for (Unit unit : Unit.ALL) {
      long length = unit.length().toNanos();
      if (rest >= length) {
        text.append(rest / length).append(unit.symbol());
        rest %= length;
      }
    }
    return text.toString();
  }
}
