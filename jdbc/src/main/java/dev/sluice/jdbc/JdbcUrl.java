package dev.sluice.jdbc;

/** What Sluice must know of the forms of JDBC URLs. */
final class JdbcUrl {
  private JdbcUrl() {}

  /** The URL as it may be shown. */
  static String display(String url) {
    int end = url.length();
    for (char c : new char[] {'?', ';', '@'}) {
      int at = url.indexOf(c);
      end = at < 0 ? end : Math.min(end, at);
    }
    return end == url.length() ? url : url.substring(0, end) + Secret.MASK;
  }
}
