package dev.sluice.proxy.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Reads and shows numbers by the rules of C, which PgBouncer's files follow. */
final class Numbers {
  /** Nearly 300 years, so that nanoseconds fit into a long. */
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(9_000_000_000L);

  private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);
  private static final int MAX_CHARS = 40;

  private Numbers() {}

  /** Reads a whole number: decimal, octal after 0, hexadecimal after 0x. */
  static long whole(String text, long min, long max) throws BadValue {
    try {
      long number = decode(text.stripLeading());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new BadValue(range(min, max));
    }
    throw new BadValue(range(min, max));
  }

  private static long decode(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    int radix = hex ? 16 : digits.startsWith("0") ? 8 : 10;
    String rest = hex ? digits.substring(2) : digits;
    if (rest.isEmpty() || Character.digit(rest.charAt(0), radix) < 0 || !isAscii(rest)) {
      throw new NumberFormatException();
    }
    long number = Long.parseLong(rest, radix);
    return negative ? -number : number;
  }

  /** Reads seconds: a decimal number with or without an exponent, to the microsecond. */
  static Duration seconds(String text) throws BadValue {
    String number = text.strip();
    try {
      if (!number.isEmpty() && number.length() <= MAX_CHARS && isAscii(number)) {
        BigDecimal seconds = new BigDecimal(number);
        if (seconds.signum() >= 0 && seconds.compareTo(MAX_SECONDS) <= 0) {
          return micros(seconds);
        }
      }
    } catch (NumberFormatException e) {
      throw notSeconds();
    }
    throw notSeconds();
  }

  private static Duration micros(BigDecimal seconds) {
    // Exponents of a number so small that it is zero would cost time without end.
    if (seconds.signum() == 0 || seconds.precision() - seconds.scale() < -6) {
      return Duration.ZERO;
    }
    long micros = seconds.multiply(MICROS).setScale(0, RoundingMode.DOWN).longValueExact();
    return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }

  /** Shows seconds with six significant digits, as C's format %g does. */
  static String show(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .round(new java.math.MathContext(6, RoundingMode.HALF_EVEN));
    if (seconds.signum() == 0) {
      return "0";
    }
    int exponent = seconds.precision() - seconds.scale() - 1;
    if (exponent >= -4 && exponent < 6) {
      return seconds.stripTrailingZeros().toPlainString();
    }
    String mantissa = seconds.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    return mantissa + (exponent < 0 ? "e-" : "e+") + twoDigits(Math.abs(exponent));
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 127) {
        return false;
      }
    }
    return true;
  }

  private static BadValue notSeconds() {
    return new BadValue("seconds as a number, such as 5 or 0.5, without a unit; 0 is off");
  }

  private static String range(long min, long max) {
    if (min < 0) {
      return "a whole number";
    }
    return max >= Integer.MAX_VALUE
        ? "a whole number from " + min
        : "a whole number from " + min + " to " + max;
  }
}
