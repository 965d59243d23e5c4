package dev.sluice.pgwire.auth;

/** Makes text of the other side fit for a log: printable ASCII, of bounded length. */
final class Printable {
  /** The longest text that is shown, in characters. */
  static final int LONGEST = 200;

  private Printable() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return shown.append(text.length() > LONGEST ? "..." : "").toString();
  }
}
