package dev.sluice.jdbc.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/** Reads durations that peers give as bare numbers. */
final class PeerTime {
  private PeerTime() {}

  /** A bare number in the peer's unit; any other value unchanged. */
  static Object inUnit(Object raw, Peer peer) throws BadValue {
    return of(raw, peer.unit());
  }

  /** Like {@link #inUnit}, but -1 means off. */
  static Object orMinusOne(Object raw, Peer peer) throws BadValue {
    return isNumber(raw, "-1") ? Duration.ZERO : inUnit(raw, peer);
  }

  /** Like {@link #inUnit}, but 0 or -1 means without limit. */
  static Object orForever(Object raw, Peer peer) throws BadValue {
    return isNumber(raw, "-1") || isNumber(raw, "0")
        ? Duration.ofMillis(Integer.MAX_VALUE)
        : inUnit(raw, peer);
  }

  /** A bare number in this unit; any other value unchanged. */
  static Object of(Object raw, Duration unit) throws BadValue {
    if (!isBareNumber(raw) || unit.isZero()) {
      return raw;
    }
    BigDecimal nanos =
        new BigDecimal(raw.toString().strip()).multiply(BigDecimal.valueOf(unit.toNanos()));
    if (nanos.signum() < 0) {
      throw new BadValue("must not be negative");
    }
    if (nanos.compareTo(BigDecimal.valueOf(DurationText.LONGEST.toNanos())) > 0) {
      throw new BadValue("must be at most " + DurationText.LONGEST.toDays() + " days");
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
  }

  static boolean isBareNumber(Object raw) {
    return (raw instanceof Number || raw instanceof CharSequence)
        && raw.toString().strip().matches("[+-]?[0-9]{1,19}(\\.[0-9]{1,9})?");
  }

  static boolean isAboveZero(Object raw) {
    return !isBareNumber(raw) || new BigDecimal(raw.toString().strip()).signum() > 0;
  }

  static boolean isNumber(Object raw, String number) {
    return isBareNumber(raw)
        && new BigDecimal(raw.toString().strip()).compareTo(new BigDecimal(number)) == 0;
  }
}
