package dev.sluice.proxy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The time as the log shows it, {@code 2026-03-01 12:00:00.123 UTC}. What a second has in common is
 * formatted once, because a busy sidecar writes thousands of lines in a second. Thread-safe.
 */
final class LogTime {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /** Without a language, newer JDKs know offsets alone. */
  private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

  private static final int MILLIS = 1_000_000;

  private record Second(long epoch, String text, String zone) {
    static Second of(Instant time, ZoneId where) {
      ZonedDateTime local = time.atZone(where);
      return new Second(time.getEpochSecond(), SECOND.format(local), ZONE.format(local));
    }
  }

  private final ZoneId where;
  private volatile Second last;

  LogTime() {
    this(ZoneId.systemDefault());
  }

  LogTime(ZoneId where) {
    this.where = where;
    this.last = Second.of(Instant.EPOCH, where);
  }

  /** Appends the time with its milliseconds and its zone. */
  void append(StringBuilder line, Instant now) {
    Second second = last;
    if (second.epoch() != now.getEpochSecond()) {
      second = Second.of(now, where);
      last = second;
    }
    int millis = now.getNano() / MILLIS;
    line.append(second.text()).append(millis < 10 ? ".00" : millis < 100 ? ".0" : ".");
    line.append(millis).append(' ').append(second.zone());
  }
}
