package dev.sluice.jdbc.config;

/** A value is invalid. The message is the second half of a sentence: "must be a whole number". */
public final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String reason) {
    super(reason, null, false, false);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
