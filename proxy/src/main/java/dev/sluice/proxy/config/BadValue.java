package dev.sluice.proxy.config;

/** A value that does not fit its key; the message says what would. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String wanted) {
    super(wanted, null, false, false);
  }

  /** Returns what to write, as the end of a sentence. */
  String wanted() {
    return String.valueOf(getMessage());
  }
}
