package dev.sluice.jdbc.config;

import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.Fuzz;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DurationText: a text is one, which means what it says and is read back as it is written, or none.
 */
public final class DurationFuzz {
  private static final Pattern ONE_PART = Pattern.compile("(\\d{1,9})(ns|us|ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ns", ChronoUnit.NANOS,
          "us", ChronoUnit.MICROS,
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private DurationFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).put(data, 0, Math.min(8, data.length));
    writing(Math.floorMod(number.getLong(0), DurationText.LONGEST.toNanos() + 1));
  }

  /** Checks what must hold of a text. */
  public static void check(String text) {
    Duration meant = meant(text);
    try {
      Duration duration = DurationText.parse(text);
      require(!duration.isNegative(), "not negative");
      require(duration.compareTo(DurationText.LONGEST) <= 0, "not too long");
      require(meant == null || meant.equals(duration), "read as it is meant");
      require(DurationText.parse(text.toUpperCase(Locale.ROOT)).equals(duration), "in any case");
      require(DurationText.parse(" " + text + "\t").equals(duration), "among blanks");
      writing(duration.toNanos());
    } catch (BadValue e) {
      Fuzz.refused(e);
      require(meant == null, "understood");
    }
  }

  /** Every duration is read back as it is written, in either form. */
  private static void writing(long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    String written = DurationText.format(duration);
    try {
      require(DurationText.parse(written).equals(duration), written);
      require(DurationText.parse(duration.toString()).equals(duration), duration.toString());
    } catch (BadValue e) {
      throw new AssertionError(written, e);
    }
  }

  /** What a text certainly means; null if that is to be seen, or nothing. */
  private static Duration meant(String text) {
    String plain = text.strip();
    Matcher one = ONE_PART.matcher(plain);
    Duration meant = null;
    if (one.matches()) {
      meant = Duration.of(Long.parseLong(one.group(1)), UNITS.get(one.group(2)));
    } else if (plain.length() <= 64) {
      try {
        meant = Duration.parse(plain);
      } catch (DateTimeParseException e) {
        return null;
      }
    }
    return meant == null || meant.isNegative() || meant.compareTo(DurationText.LONGEST) > 0
        ? null
        : meant;
  }
}
