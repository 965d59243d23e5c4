package dev.sluice.jdbc.config;

/** Says why a value won't do, as the second half of a sentence: "must be a whole number". */
public final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String reason) {
    super(reason, null, false, false);
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
