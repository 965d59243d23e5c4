package dev.sluice.proxy.config;

import dev.sluice.proxy.config.EntryKey.EntryType;
import dev.sluice.proxy.config.EntryKey.Section;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of an entry: {@code key=value} between blanks, a value in single quotes where two
 * quotes stand for one. No message shows a value once a password was seen, because the rest of the
 * text may be part of it.
 */
final class EntryParser {
  private final Section section;
  private final String text;
  private final Place place;
  private final Report report;
  private final Map<EntryKey, Object> values = new EnumMap<>(EntryKey.class);
  private boolean passwordSeen;
  private int at;

  EntryParser(Section section, String text, Place place, Report report) {
    this.section = section;
    this.text = text;
    this.place = place;
    this.report = report;
  }

  /** Reads all pairs. A problem is reported, and only the pairs before it count. */
  EntryValues parse() {
    at = Blanks.skip(text, 0);
    while (at < text.length() && pair()) {
      at = Blanks.skip(text, at);
    }
    return new EntryValues(values);
  }

  private boolean pair() {
    String key = key();
    if (key == null) {
      report.problem(
          place,
          passwordSeen
              ? "the text behind the password is not key=value; put a password with blanks or"
                  + " quotes in single quotes"
              : "the entry must be key=value between blanks; there is text without = or without"
                  + " a key");
      return false;
    }
    String value = value();
    if (value == null) {
      report.problem(
          place,
          named(key)
              + " needs a value that is not empty, in single quotes if it contains blanks, with a"
              + " quote at its end and a blank behind it");
      return false;
    }
    put(key, value);
    return true;
  }

  private @Nullable String key() {
    int end = at;
    while (end < text.length() && text.charAt(end) != '=' && !Blanks.isBlank(text.charAt(end))) {
      end++;
    }
    int equals = Blanks.skip(text, end);
    if (end == at || equals >= text.length() || text.charAt(equals) != '=') {
      return null;
    }
    String key = text.substring(at, end);
    at = Blanks.skip(text, equals + 1);
    return key;
  }

  private @Nullable String value() {
    String value = at < text.length() && text.charAt(at) == '\'' ? quoted() : bare();
    return value == null || value.isEmpty() ? null : value;
  }

  private String bare() {
    int start = at;
    while (at < text.length() && !Blanks.isBlank(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private @Nullable String quoted() {
    StringBuilder value = new StringBuilder();
    for (int i = at + 1; i < text.length(); i++) {
      if (text.charAt(i) != '\'') {
        value.append(text.charAt(i));
      } else if (text.startsWith("''", i)) {
        value.append('\'');
        i++;
      } else {
        at = i + 1;
        return at == text.length() || Blanks.isBlank(text.charAt(at)) ? value.toString() : null;
      }
    }
    return null;
  }

  private void put(String name, String value) {
    EntryKey key = EntryKey.of(name, section);
    if (key == null) {
      report.problem(
          place,
          "unknown key "
              + named(name)
              + " in "
              + section.word()
              + (passwordSeen ? "" : Nearest.hint(name, EntryKey.keys(section))));
      return;
    }
    passwordSeen |= key.type() == EntryType.SECRET;
    try {
      values.put(key, key.type().parse(value));
    } catch (BadValue e) {
      String given = passwordSeen ? "" : " = " + Printable.quoted(value);
      report.problem(place, name + given + " must be " + e.wanted());
    }
  }

  /** What looks like a key may be the second half of a password. */
  private String named(String key) {
    return passwordSeen && EntryKey.of(key, section) == null
        ? "(not shown, it may belong to the password)"
        : Printable.quoted(key);
  }
}
