package dev.sluice.jdbc;

/** Says why a value won't do, as the second half of a sentence: "must be a whole number". */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
