package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The type of an option's value, and how to read it from a source. */
public final class OptionType {
  /** The forms of values, each read in its own way by {@link #read}. */
  private enum Form {
    TEXT,
    SECRET,
    WHOLE_NUMBER,
    BIG_NUMBER,
    FRACTION,
    TRUTH,
    DURATION,
    DURATION_OR_OFF,
    DURATION_OR_NEVER,
    CHOICE,
    STATEMENTS,
    ISOLATION,
    RESET_POLICY,
    OVERLOAD,
    OBJECT
  }

  static final OptionType TEXT = new OptionType(Form.TEXT, "text");
  static final OptionType SECRET = new OptionType(Form.SECRET, "text, never shown");
  static final OptionType TRUTH = new OptionType(Form.TRUTH, "true or false");
  static final OptionType DURATION = new OptionType(Form.DURATION, "duration");

  /** A duration for which zero, or {@code off}, turns something off. */
  static final OptionType DURATION_OR_OFF =
      new OptionType(Form.DURATION_OR_OFF, "duration, or off");

  /** A duration after which something is done, or {@code never}. */
  static final OptionType DURATION_OR_NEVER =
      new OptionType(Form.DURATION_OR_NEVER, "duration, or never");

  /** Statements: one as text, several as a list. */
  static final OptionType STATEMENTS = new OptionType(Form.STATEMENTS, "SQL, or a list of it");

  static final OptionType ISOLATION =
      new OptionType(
          Form.ISOLATION,
          "READ_UNCOMMITTED, READ_COMMITTED, REPEATABLE_READ, SERIALIZABLE, SNAPSHOT, or JDBC's"
              + " number");
  static final OptionType RESET_POLICY =
      new OptionType(Form.RESET_POLICY, "FAST, VERIFIED, CLEAN, or a list of SQL");

  /** {@code codel}, or target and interval as {@code 50ms/2s}. */
  static final OptionType OVERLOAD =
      new OptionType(Form.OVERLOAD, "codel, or target and interval such as 50ms/2s");

  private final Form form;
  private final String described;
  private final double min;
  private final double max;
  private final @Nullable Class<?> type;

  private OptionType(Form form, String described) {
    this(form, described, 0, 0, null);
  }

  private OptionType(Form form, String described, double min, double max, @Nullable Class<?> type) {
    this.form = form;
    this.described = described;
    this.min = min;
    this.max = max;
    this.type = type;
  }

  static OptionType wholeNumber(int min, int max) {
    return new OptionType(
        Form.WHOLE_NUMBER, "whole number " + ValueReader.range(min, max), min, max, null);
  }

  /** A whole number of 64 bits. */
  static OptionType bigNumber(int min) {
    return new OptionType(Form.BIG_NUMBER, "whole number from " + min, min, 0, null);
  }

  static OptionType fraction(double min, double max) {
    return new OptionType(Form.FRACTION, "number from " + min + " to " + max, min, max, null);
  }

  static OptionType choice(Class<? extends Enum<?>> type) {
    return new OptionType(Form.CHOICE, String.join(", ", names(type)), 0, 0, type);
  }

  /** An object that can only be set in code. */
  static OptionType object(Class<?> type) {
    String name = type.getSimpleName();
    String article = "AEIOU".indexOf(name.charAt(0)) < 0 ? "a " : "an ";
    return new OptionType(Form.OBJECT, article + name + ", set in code", 0, 0, type);
  }

  /** The accepted values, in a few words. */
  public String described() {
    return described;
  }

  boolean isDuration() {
    return form == Form.DURATION || form == Form.DURATION_OR_OFF || form == Form.DURATION_OR_NEVER;
  }

  /** Turns a source's raw value into a value of this type. */
  public Object read(Object raw) throws BadValue {
    return switch (form) {
      case TEXT -> ValueReader.plainText(raw);
      case SECRET -> raw instanceof Secret ? raw : Secret.of(ValueReader.plainText(raw));
      case WHOLE_NUMBER -> (int) ValueReader.wholeNumber(raw, (long) min, (long) max);
      case BIG_NUMBER -> ValueReader.wholeNumber(raw, (long) min, Long.MAX_VALUE);
      case FRACTION -> ValueReader.number(raw, min, max);
      case TRUTH -> ValueReader.truth(raw);
      case DURATION -> ValueReader.duration(raw, false);
      case DURATION_OR_OFF -> ValueReader.duration(raw, true);
      case DURATION_OR_NEVER -> ValueReader.durationOrNever(raw);
      case CHOICE -> choose(raw);
      case STATEMENTS -> ValueReader.statements(raw);
      case ISOLATION -> ValueReader.isolation(raw);
      case RESET_POLICY -> ValueReader.resetPolicy(raw);
      case OVERLOAD -> ValueReader.overload(raw);
      case OBJECT -> object(raw);
    };
  }

  private Object choose(Object raw) throws BadValue {
    List<String> names = new ArrayList<>();
    for (Object constant : constants(type)) {
      String name = ((Enum<?>) constant).name();
      if (constant.equals(raw)
          || KeyStyle.squeeze(name).equals(KeyStyle.squeeze(ValueReader.plainText(raw)))) {
        return constant;
      }
      names.add(name);
    }
    String slip =
        raw instanceof String text
            ? Nearest.to(text.strip().toUpperCase(Locale.ROOT), names)
                .map(name -> "; did you mean " + name + "?")
                .orElse("")
            : "";
    throw new BadValue("must be one of " + String.join(", ", names) + slip);
  }

  private Object object(Object raw) throws BadValue {
    if (type != null && type.isInstance(raw)) {
      return raw;
    }
    throw new BadValue(
        "must be " + described.replace(", set in code", ", which can only be set in code"));
  }

  private static Object[] constants(@Nullable Class<?> type) {
    Object[] constants = type == null ? null : type.getEnumConstants();
    return constants == null ? new Object[0] : constants;
  }

  private static List<String> names(Class<?> type) {
    List<String> names = new ArrayList<>();
    for (Object constant : constants(type)) {
      names.add(((Enum<?>) constant).name());
    }
    return names;
  }
}
