package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an error or a notice says. Immutable. Missing fields are empty, since a server may leave out
 * any of them.
 */
public final class ErrorFields {
  private static final char SEVERITY = 'S';
  private static final char SEVERITY_UNTRANSLATED = 'V';
  private static final char SQLSTATE = 'C';
  private static final char MESSAGE = 'M';
  private static final char DETAIL = 'D';

  private final Map<Character, String> fields;

  private ErrorFields(Map<Character, String> fields) {
    this.fields = fields;
  }

  /** An error or a notice of our own. */
  public static ErrorFields of(String severity, String sqlState, String message) {
    Map<Character, String> fields = new LinkedHashMap<>();
    fields.put(SEVERITY, severity);
    fields.put(SEVERITY_UNTRANSLATED, severity);
    fields.put(SQLSTATE, sqlState);
    fields.put(MESSAGE, message);
    return new ErrorFields(fields);
  }

  /** An error after which the connection is closed. */
  public static ErrorFields fatal(String sqlState, String message) {
    return of("FATAL", sqlState, message);
  }

  /** The same with a detail. */
  public ErrorFields withDetail(String detail) {
    return with(DETAIL, detail);
  }

  /** The same with other words for some in the message and the detail. */
  public ErrorFields renamed(Map<String, String> words) {
    ErrorFields renamed = this;
    for (char field : new char[] {MESSAGE, DETAIL}) {
      for (Map.Entry<String, String> word : words.entrySet()) {
        String text = renamed.field(field);
        if (text.contains(word.getKey())) {
          String whole = Pattern.quote(word.getKey()) + "(?![0-9])"; // not of a longer name
          String better = text.replaceAll(whole, Matcher.quoteReplacement(word.getValue()));
          renamed = renamed.with(field, better);
        }
      }
    }
    return renamed;
  }

  private ErrorFields with(char field, String text) {
    Map<Character, String> more = new LinkedHashMap<>(fields);
    more.put(field, text);
    return new ErrorFields(more);
  }

  /**
   * Reads the payload of ErrorResponse or NoticeResponse.
   *
   * @throws ProtocolException if a field does not end
   */
  public static ErrorFields read(ByteBuf payload) throws ProtocolException {
    Map<Character, String> fields = new LinkedHashMap<>();
    while (payload.isReadable()) {
      char field = (char) payload.readByte();
      if (field == 0) {
        break;
      }
      fields.put(field, Text.read(payload, "field of an error"));
    }
    return new ErrorFields(fields);
  }

  /** Writes the payload. */
  void write(ByteBuf out) {
    fields.forEach(
        (field, text) -> {
          out.writeByte(field);
          Text.write(out, text);
        });
    out.writeByte(0);
  }

  /** ERROR, FATAL, PANIC, WARNING, NOTICE … in English, where the server says it so. */
  public String severity() {
    String untranslated = field(SEVERITY_UNTRANSLATED);
    return untranslated.isEmpty() ? field(SEVERITY) : untranslated;
  }

  /** Five characters, or empty. */
  public String sqlState() {
    return field(SQLSTATE);
  }

  /** What happened. */
  public String message() {
    return field(MESSAGE);
  }

  /** More of what happened, or empty. */
  public String detail() {
    return field(DETAIL);
  }

  private String field(char field) {
    return fields.getOrDefault(field, "");
  }

  /** Severity and message, as in {@code FATAL: database "x" does not exist}. */
  @Override
  public String toString() {
    return severity() + ": " + message();
  }
}
