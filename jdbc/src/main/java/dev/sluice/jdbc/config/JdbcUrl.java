package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses JDBC URLs as far as Sluice needs it: finds secrets and Sluice's own options in them. */
final class JdbcUrl {
  private static final String OWN = "sluice.";

  /** How a driver separates parameters. */
  private enum Style {
    /** {@code ?a=b&c=d}, percent-encoded. */
    QUERY,
    /** {@code ;a=b;c=d}, with a backslash before literal characters. */
    H2,
    /** {@code ;a=b;c={d}}. */
    SQLSERVER,
    /** Unknown: only Sluice's own options are taken out. */
    OTHER
  }

  /** {@code jdbc:oracle:thin:user/password@…}; loaded only for Oracle's URLs. */
  private static final class OracleLogin {
    private static final Pattern FORM =
        Pattern.compile(
            "(?is)(jdbc:oracle:(?:thin|oci8?):)([^/@\"]*|\"[^\"]*\")/([^@\"]*|\"[^\"]*\")@(.*)");

    private OracleLogin() {}
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

  /** Takes user, password and Sluice's options out of a URL, as far as its form is known. */
  static ParsedUrl split(String url) throws BadValue {
    if (url.indexOf('\0') >= 0 || url.indexOf('\n') >= 0 || url.indexOf('\r') >= 0) {
      throw new BadValue("must be a single line");
    }
    return new JdbcUrl(url).split();
  }

  /** The smaller of two indexes, of which -1 means none. */
  static int first(int a, int b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }

  private static String vendor(String url) {
    int from = 0;
    for (int i = 0; i <= url.length(); i++) {
      char c = i < url.length() ? url.charAt(i) : '/';
      boolean last = "/;?@=".indexOf(c) >= 0;
      if (last || c == ':') {
        String word = url.substring(from, i).toLowerCase(Locale.ROOT);
        switch (word) {
          case "postgresql", "mysql", "mariadb", "h2", "sqlserver", "oracle" -> {
            return word;
          }
          default -> from = i + 1;
        }
      }
      if (last) {
        break;
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

  /**
   * The end of a login. A quoted password may contain a character that otherwise begins parameters.
   */
  private int behindLogin() {
    if (!vendor.equals("oracle")) {
      return 0;
    }
    Matcher login = OracleLogin.FORM.matcher(url);
    return login.matches() ? login.start(4) : 0;
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

  /** Whether the next brace encloses a value and is not part of it. */
  private static boolean beginsValue(CharSequence piece) {
    String before = piece.toString().stripTrailing();
    return before.indexOf('=') == before.length() - 1 && !before.isEmpty();
  }

  /** Takes out a parameter that is Sluice's, a user or a password. */
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

  /** Whether a value has no encoding, so that it can be passed on outside the URL. */
  private boolean isLiteral(String value) {
    return switch (style) {
      // Versions of MariaDB's driver treat a percent sign differently.
      case QUERY -> !vendor.equals("mariadb") || (value.indexOf('%') < 0 && value.indexOf('+') < 0);
      case H2 -> value.indexOf('\\') < 0;
      case SQLSERVER -> value.indexOf('{') < 0 || (value.startsWith("{") && value.endsWith("}"));
      case OTHER -> false;
    };
  }

  /** The value as the driver would read it. */
  private String unquoted(String value) throws BadValue {
    if (style == Style.QUERY) {
      // PostgreSQL's driver reads a plus sign as a space, MySQL's does not.
      return PercentCode.decode(vendor.equals("postgresql") ? value.replace('+', ' ') : value);
    }
    return style == Style.SQLSERVER && value.startsWith("{")
        ? value.substring(1, value.length() - 1).replace("}}", "}")
        : value;
  }

  private boolean isUser(String name) {
    return style == Style.QUERY
        ? name.equals("user")
        : (name.equalsIgnoreCase("user") || name.equalsIgnoreCase("username"));
  }

  private boolean isPassword(String name) {
    return style == Style.QUERY
        ? name.equals("password")
        : (name.equalsIgnoreCase("password") || name.equalsIgnoreCase("pwd"));
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
    // The driver handles several hosts with separate logins.
    if (start < 2 || at < 0 || isSeveral(authority.substring(0, at))) {
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

  private static boolean isSeveral(String login) {
    return login.indexOf(',') >= 0 || login.indexOf('(') >= 0;
  }

  private String oracleLogin(String place) {
    Matcher login = OracleLogin.FORM.matcher(place);
    if (!login.matches() || login.group(2).isEmpty()) {
      return place;
    }
    found.add(new ParsedUrl.Found("user", login.group(2)));
    found.add(new ParsedUrl.Found("password", Secret.of(login.group(3).replace("\"", ""))));
    return login.group(1) + "@" + login.group(4);
  }
}
