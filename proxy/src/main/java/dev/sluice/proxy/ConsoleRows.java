package dev.sluice.proxy;

import dev.sluice.pgwire.Replies.Column;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Builds a table of the console: columns with their types, and rows of values. */
final class ConsoleRows {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final List<Column> columns = new ArrayList<>();
  private final List<List<@Nullable String>> rows = new ArrayList<>();

  ConsoleRows text(String... names) {
    for (String name : names) {
      columns.add(Column.text(name));
    }
    return this;
  }

  ConsoleRows int4(String... names) {
    for (String name : names) {
      columns.add(Column.int4(name));
    }
    return this;
  }

  ConsoleRows int8(String... names) {
    for (String name : names) {
      columns.add(Column.int8(name));
    }
    return this;
  }

  ConsoleRows numeric(String... names) {
    for (String name : names) {
      columns.add(Column.numeric(name));
    }
    return this;
  }

  /** Adds a row of texts, numbers and nulls. */
  void row(@Nullable Object... values) {
    List<@Nullable String> row = new ArrayList<>(values.length);
    for (Object value : values) {
      row.add(value == null ? null : value.toString());
    }
    if (row.size() != columns.size()) {
      throw new IllegalArgumentException(row.size() + " values, " + columns.size() + " columns");
    }
    rows.add(row);
  }

  ConsoleAnswer answer() {
    return ConsoleAnswer.table(List.copyOf(columns), rows);
  }

  /** A moment of the nanosecond clock as a date and a time. */
  static String time(long nanoTime) {
    return TIME.format(Instant.now().minusNanos(System.nanoTime() - nanoTime));
  }
}
