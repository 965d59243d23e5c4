package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows JDBC URLs without parts that may be secret. */
public final class UrlDisplay {
  /** Words between {@code jdbc:} and the location that are certainly not a user name. */
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?i)(?:jdbc:)?[a-z][a-z0-9+.-]*:(?:(?:thin|oci8?|mem|file|tcp|ssl|zip|postgresql|mysql|mariadb"
              + "|oracle|sqlserver|h2|loadbalance|replication|sequential|failover|load-balance):){0,3}"
              + "(?:@?//)?");

  /** Parameters that may be shown, in lower case. */
  private static final Set<String> SHOWN =
      Set.of(
          "database",
          "databasename",
          "servername",
          "sslmode",
          "ssl",
          "encrypt",
          "currentschema",
          "applicationname",
          "mode",
          "db_close_delay");

  private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** Text in place of a port, which may be a password. */
  private static final Pattern NO_PORT = Pattern.compile(":(?!\\d*(?:,|$))");

  private UrlDisplay() {}

  /**
   * The URL for messages. Shows the certainly harmless parts and masks the rest, for any form of
   * URL.
   */
  public static String display(String url) {
    return Printable.whole(shown(url));
  }

  private static String shown(String url) {
    Matcher prefix = PREFIX.matcher(url);
    if (!prefix.lookingAt()) {
      return Printable.MASK;
    }
    String head = prefix.group();
    String rest = url.substring(prefix.end());
    int at = rest.lastIndexOf('@');
    int parameters =
        JdbcUrl.first(JdbcUrl.first(rest.indexOf('?'), rest.indexOf(';')), rest.indexOf('='));
    if (parameters >= 0 && parameters < at) {
      // Either a password contains the one, or a parameter's value the other.
      return head + Printable.MASK;
    }
    String login = at < 0 ? "" : Printable.MASK + "@";
    rest = rest.substring(at + 1);
    int mark = JdbcUrl.first(rest.indexOf('?'), rest.indexOf(';'));
    String place = mark < 0 ? rest : rest.substring(0, mark);
    if (head.endsWith("//") && NO_PORT.matcher(authority(place)).find()) {
      return head + Printable.MASK;
    }
    int equals = place.indexOf('=');
    if (equals >= 0) {
      return head + login + place.substring(0, equals + 1) + Printable.MASK;
    }
    return head + login + place + (mark < 0 ? "" : shownParameters(rest.substring(mark)));
  }

  /** The hosts before a path, without addresses in brackets. */
  private static String authority(String place) {
    int slash = place.indexOf('/');
    return (slash < 0 ? place : place.substring(0, slash)).replaceAll("\\[[^\\]]*]", "");
  }

  private static String shownParameters(String parameters) {
    char first = parameters.charAt(0);
    char separator = first == '?' ? '&' : ';';
    List<String> shown = new ArrayList<>();
    boolean hidden = false;
    for (String parameter : parameters.substring(1).split("[&;]", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? "" : parameter.substring(0, equals).toLowerCase(Locale.ROOT);
      if (SHOWN.contains(name) && PLAIN_VALUE.matcher(parameter.substring(equals + 1)).matches()) {
        shown.add(parameter);
      } else {
        hidden |= !parameter.isEmpty();
      }
    }
    if (hidden) {
      shown.add(Printable.MASK);
    }
    return first + String.join(String.valueOf(separator), shown);
  }
}
