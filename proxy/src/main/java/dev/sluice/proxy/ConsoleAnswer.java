package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.Replies.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a console command yields.
 *
 * @param columns of the rows; empty if it yields none
 * @param rows the values as text; null is NULL
 * @param notice sent before anything else; null if there is none
 * @param tag of the command
 */
record ConsoleAnswer(
    List<Column> columns,
    List<List<@Nullable String>> rows,
    @Nullable ErrorFields notice,
    String tag) {

  static final String SHOW = "SHOW";

  /** A table. */
  static ConsoleAnswer table(List<Column> columns, List<List<@Nullable String>> rows) {
    return new ConsoleAnswer(columns, rows, null, SHOW);
  }

  /** A command that yields no rows. */
  static ConsoleAnswer done(String tag) {
    return new ConsoleAnswer(List.of(), List.of(), null, tag);
  }

  /** A notice and no rows. */
  static ConsoleAnswer notice(ErrorFields notice, String tag) {
    return new ConsoleAnswer(List.of(), List.of(), notice, tag);
  }
}
