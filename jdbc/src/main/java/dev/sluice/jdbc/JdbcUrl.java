package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Sluice must know of the forms of JDBC URLs: where secrets and its own options are in them.
 */
final class JdbcUrl {
  private static final String OWN = "sluice.";

  /** Words between {@code jdbc:} and the place that are certainly no user's name. */
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

  /** What ends the words that say how the rest is to be read. */
  private static final Pattern BEHIND_WORDS = Pattern.compile("[/;?@=]");

  /** What stands where a port should, and may be a password. */
  private static final Pattern NO_PORT = Pattern.compile(":(?!\\d*(?:,|$))");

  private static final Pattern ORACLE_LOGIN =
      Pattern.compile(
          "(?is)(jdbc:oracle:(?:thin|oci8?):)([^/@\"]*|\"[^\"]*\")/([^@\"]*|\"[^\"]*\")@(.*)");

  /** How a driver separates what is behind the place. */
  private enum Style {
    /** {@code ?a=b&c=d}, in percent code. */
    QUERY,
    /** {@code ;a=b;c=d}, a backslash before what is meant literally. */
    H2,
    /** {@code ;a=b;c={d}}. */
    SQLSERVER,
    /** Not known: nothing is taken out but Sluice's own. */
    OTHER
  }

  private final String url;
  private final String vendor;
  private final Style style;
  private final List<ParsedUrl.Found> found = new ArrayList<>();

  private JdbcUrl(String url) {
    this.url = url;
    this.vendor = vendor(url);
    this.style =
        switch (vendor) {
          case "postgresql", "mysql", "mariadb" -> Style.QUERY;
          case "h2" -> Style.H2;
          case "sqlserver" -> Style.SQLSERVER;
          default -> Style.OTHER;
        };
  }

  /** Takes user, password and Sluice's options out of a URL as far as its form is known. */
  static ParsedUrl split(String url) throws BadValue {
    if (url.indexOf('\0') >= 0 || url.indexOf('\n') >= 0 || url.indexOf('\r') >= 0) {
      throw new BadValue("must be a single line");
    }
    return new JdbcUrl(url).split();
  }

  private static String vendor(String url) {
    String words = BEHIND_WORDS.split(url, 2)[0].toLowerCase(Locale.ROOT);
    for (String part : words.split(":", -1)) {
      switch (part) {
        case "postgresql", "mysql", "mariadb", "h2", "sqlserver", "oracle" -> {
          return part;
        }
        default -> {}
      }
    }
    return "";
  }

  private ParsedUrl split() throws BadValue {
    int mark = parameters();
    String place = mark < 0 ? url : url.substring(0, mark);
    if (vendor.equals("oracle")) {
      place = oracleLogin(place);
    } else if (style == Style.QUERY) {
      place = userInfo(place);
    }
    if (mark < 0) {
      return new ParsedUrl(place, List.copyOf(found));
    }
    char first = url.charAt(mark);
    char separator = first == '?' ? '&' : ';';
    List<String> kept = new ArrayList<>();
    for (String parameter : pieces(url.substring(mark + 1), separator)) {
      if (!take(parameter)) {
        kept.add(parameter);
      }
    }
    String rest = String.join(String.valueOf(separator), kept);
    return new ParsedUrl(rest.isEmpty() ? place : place + first + rest, List.copyOf(found));
  }

  private int parameters() {
    return switch (style) {
      case QUERY -> url.indexOf('?');
      case H2, SQLSERVER -> url.indexOf(';');
      case OTHER -> first(url.indexOf('?', behindLogin()), url.indexOf(';', behindLogin()));
    };
  }

  /** A password in quotes may hold what else begins parameters. */
  private int behindLogin() {
    Matcher login = ORACLE_LOGIN.matcher(url);
    return login.matches() ? login.start(4) : 0;
  }

  private static int first(int a, int b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }

  private List<String> pieces(String text, char separator) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    boolean braced = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (style == Style.H2 && c == '\\' && i + 1 < text.length()) {
        piece.append(c).append(text.charAt(++i));
        continue;
      }
      if (braced && text.startsWith("}}", i)) {
        piece.append(c).append(text.charAt(++i));
        continue;
      }
      if (style == Style.SQLSERVER) {
        braced = braced ? c != '}' : c == '{' && beginsValue(piece);
      }
      if (c == separator && !braced) {
        pieces.add(piece.toString());
        piece.setLength(0);
      } else {
        piece.append(c);
      }
    }
    pieces.add(piece.toString());
    return pieces;
  }

  /** Whether braces that come next are around a value, and not in it. */
  private static boolean beginsValue(CharSequence piece) {
    String before = piece.toString().stripTrailing();
    return before.indexOf('=') == before.length() - 1 && !before.isEmpty();
  }

  /** Takes a parameter out if it is Sluice's, a user or a password. */
  private boolean take(String parameter) throws BadValue {
    int equals = parameter.indexOf('=');
    if (equals < 1) {
      return false;
    }
    String name = parameter.substring(0, equals);
    String value = parameter.substring(equals + 1);
    if (name.toLowerCase(Locale.ROOT).startsWith(OWN)) {
      String own = name.substring(OWN.length());
      if (value.indexOf('@') >= 0) {
        throw new BadValue("has an @ in an option of " + OWN + ", which must be written %40");
      }
      String plain = PercentCode.decode(value);
      found.add(new ParsedUrl.Found(own, isPassword(own) ? Secret.of(plain) : plain));
      return true;
    }
    if (style == Style.OTHER || !isLiteral(value)) {
      return false;
    }
    if (isUser(name)) {
      found.add(new ParsedUrl.Found("user", unquoted(value)));
      return true;
    }
    if (isPassword(name)) {
      found.add(new ParsedUrl.Found("password", Secret.of(unquoted(value))));
      return true;
    }
    if (isSecret(name)) {
      found.add(new ParsedUrl.Found("driver." + name, Secret.of(unquoted(value))));
      return true;
    }
    return false;
  }

  /** Whether a value means its own characters, so that it can be handed over outside the URL. */
  private boolean isLiteral(String value) {
    return switch (style) {
      // What MariaDB's driver makes of a percent sign has changed between versions.
      case QUERY -> !vendor.equals("mariadb") || (value.indexOf('%') < 0 && value.indexOf('+') < 0);
      case H2 -> value.indexOf('\\') < 0;
      case SQLSERVER -> value.indexOf('{') < 0 || (value.startsWith("{") && value.endsWith("}"));
      case OTHER -> false;
    };
  }

  /** The value as the driver would read it. */
  private String unquoted(String value) throws BadValue {
    if (style == Style.QUERY) {
      // PostgreSQL's driver takes a plus sign for a blank, MySQL's does not.
      return PercentCode.decode(vendor.equals("postgresql") ? value.replace('+', ' ') : value);
    }
    return style == Style.SQLSERVER && value.startsWith("{")
        ? value.substring(1, value.length() - 1).replace("}}", "}")
        : value;
  }

  private boolean isUser(String name) {
    return style == Style.QUERY
        ? name.equals("user")
        : name.toLowerCase(Locale.ROOT).matches("user(name)?");
  }

  private boolean isPassword(String name) {
    return style == Style.QUERY
        ? name.equals("password")
        : name.toLowerCase(Locale.ROOT).matches("password|pwd");
  }

  private static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("password")
        || lower.contains("secret")
        || lower.contains("token")
        || lower.contains("passphrase");
  }

  private String userInfo(String place) {
    int start = place.indexOf("//") + 2;
    int slash = place.indexOf('/', start);
    String authority = place.substring(start, slash < 0 ? place.length() : slash);
    int at = authority.lastIndexOf('@');
    // Several hosts with a login each are the driver's business.
    if (start < 2 || at < 0 || authority.substring(0, at).matches(".*[,(].*")) {
      return place;
    }
    String login = authority.substring(0, at);
    int colon = login.indexOf(':');
    try {
      String user = PercentCode.decode(colon < 0 ? login : login.substring(0, colon));
      String password = colon < 0 ? null : PercentCode.decode(login.substring(colon + 1));
      found.add(new ParsedUrl.Found("user", user));
      if (password != null) {
        found.add(new ParsedUrl.Found("password", Secret.of(password)));
      }
    } catch (BadValue e) {
      return place; // The driver may understand it; it will not be shown.
    }
    return place.substring(0, start) + place.substring(start + at + 1);
  }

  private String oracleLogin(String place) {
    Matcher login = ORACLE_LOGIN.matcher(place);
    if (!login.matches() || login.group(2).isEmpty()) {
      return place;
    }
    found.add(new ParsedUrl.Found("user", login.group(2)));
    found.add(new ParsedUrl.Found("password", Secret.of(login.group(3).replace("\"", ""))));
    return login.group(1) + "@" + login.group(4);
  }

  /**
   * The URL as it may be shown. Shows what is certainly harmless and masks the rest, in whatever
   * form the URL is.
   */
  static String display(String url) {
    return Printable.whole(shown(url));
  }

  private static String shown(String url) {
    Matcher prefix = PREFIX.matcher(url);
    if (!prefix.lookingAt()) {
      return Secret.MASK;
    }
    String head = prefix.group();
    String rest = url.substring(prefix.end());
    int at = rest.lastIndexOf('@');
    int parameters = first(first(rest.indexOf('?'), rest.indexOf(';')), rest.indexOf('='));
    if (parameters >= 0 && parameters < at) {
      // Either a password holds the one, or a parameter's value the other.
      return head + Secret.MASK;
    }
    String login = at < 0 ? "" : Secret.MASK + "@";
    rest = rest.substring(at + 1);
    int mark = first(rest.indexOf('?'), rest.indexOf(';'));
    String place = mark < 0 ? rest : rest.substring(0, mark);
    if (head.endsWith("//") && NO_PORT.matcher(authority(place)).find()) {
      return head + Secret.MASK;
    }
    int equals = place.indexOf('=');
    if (equals >= 0) {
      return head + login + place.substring(0, equals + 1) + Secret.MASK;
    }
    return head + login + place + (mark < 0 ? "" : shownParameters(rest.substring(mark)));
  }

  /** The hosts before a path, those that are addresses in brackets left out. */
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
      shown.add(Secret.MASK);
    }
    return first + String.join(String.valueOf(separator), shown);
  }
}
