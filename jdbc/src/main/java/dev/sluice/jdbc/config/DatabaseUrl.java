package dev.sluice.jdbc.config;

import dev.sluice.jdbc.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * URLs in the form of {@code DATABASE_URL}: {@code
 * postgresql://user:password@host:port/database?option=value}. Every part except the scheme may be
 * missing, there may be several hosts, and the parts may be percent-encoded. No message shows a
 * part of the URL, because a password that is not encoded may end up anywhere in it.
 */
final class DatabaseUrl {
  private static final int MAX_HOSTS = 64;
  private static final String ENCODE =
      "; in user and password, the characters : / ? # [ ] @ % must be" + " percent-encoded";

  private static final Map<String, String> SCHEMES =
      Map.of(
          "postgresql", "postgresql",
          "postgres", "postgresql",
          "mysql", "mysql",
          "mysql2", "mysql",
          "mariadb", "mariadb");

  /** Parameters of libpq that have another name in PostgreSQL's JDBC driver. */
  private static final Map<String, String> LIBPQ =
      Map.of(
          "application_name", "ApplicationName",
          "connect_timeout", "connectTimeout",
          "channel_binding", "channelBinding",
          "gssencmode", "gssEncMode",
          "keepalives", "tcpKeepAlive",
          "target_session_attrs", "targetServerType");

  private static final Map<String, String> LIBPQ_SERVERS =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private final String subprotocol;
  private final Vocabulary vocabulary;
  private final List<ParsedUrl.Found> found = new ArrayList<>();
  private @Nullable String queryHost;
  private @Nullable String queryPort;

  private DatabaseUrl(String subprotocol, Vocabulary vocabulary) {
    this.subprotocol = subprotocol;
    this.vocabulary = vocabulary;
  }

  static ParsedUrl parse(String url, Vocabulary vocabulary) throws BadValue {
    int colon = url.indexOf("://");
    DatabaseUrl parser = new DatabaseUrl(subprotocol(url.substring(0, colon)), vocabulary);
    return parser.rest(url.substring(colon + 3));
  }

  /** Builds a JDBC URL from its parts. */
  static String compose(
      @Nullable String scheme,
      @Nullable String host,
      @Nullable String port,
      @Nullable String database)
      throws BadValue {
    String subprotocol = subprotocol(scheme == null ? "postgresql" : scheme);
    String hosts = hosts(host == null ? "" : host, port);
    return "jdbc:"
        + subprotocol
        + "://"
        + hosts
        + "/"
        + (database == null ? "" : PercentCode.encode(database));
  }

  private static String subprotocol(String scheme) throws BadValue {
    // SQLAlchemy names its driver after a plus sign.
    String known = SCHEMES.get(scheme.toLowerCase(Locale.ROOT).replaceFirst("\\+.*", ""));
    if (known == null) {
      throw new BadValue(
          "must have the scheme postgresql, postgres, mysql or mariadb; give other databases as"
              + " jdbc: URLs");
    }
    return known;
  }

  private ParsedUrl rest(String rest) throws BadValue {
    if (rest.indexOf('#') >= 0) {
      throw new BadValue("must have no #" + ENCODE);
    }
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    if (question >= 0 && rest.indexOf('@', question) >= 0) {
      throw new BadValue("has an @ after the question mark" + ENCODE);
    }
    if (question >= 0) {
      query(rest.substring(question + 1));
    }
    int slash = place.indexOf('/');
    String authority = slash < 0 ? place : place.substring(0, slash);
    String path = slash < 0 ? "" : place.substring(slash + 1);
    if (path.indexOf('@') >= 0) {
      throw new BadValue("has an @ after the host's /" + ENCODE);
    }
    String hosts = authority(authority);
    String database = PercentCode.encode(PercentCode.decode(path));
    return new ParsedUrl(
        "jdbc:" + subprotocol + "://" + hosts + "/" + database, List.copyOf(found));
  }

  private String authority(String authority) throws BadValue {
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      userInfo(authority.substring(0, at));
    }
    String hosts = authority.substring(at + 1);
    if (hosts.isEmpty()) {
      return hosts(queryHost == null ? "" : queryHost, queryPort);
    }
    if (queryHost != null || queryPort != null) {
      throw new BadValue("names hosts both before and after the question mark");
    }
    return hosts(hosts, null);
  }

  private void userInfo(String userInfo) throws BadValue {
    int colon = userInfo.indexOf(':');
    String user = PercentCode.decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
    if (!user.isEmpty()) {
      found.add(new ParsedUrl.Found("user", user));
    }
    if (colon >= 0) {
      String password = PercentCode.decode(userInfo.substring(colon + 1));
      found.add(new ParsedUrl.Found("password", Secret.of(password)));
    }
  }

  /** Hosts in JDBC's form: {@code a:1,b:2}; this machine if there are none. */
  private static String hosts(String hosts, @Nullable String ports) throws BadValue {
    if (hosts.isEmpty() && ports == null) {
      return "localhost";
    }
    String[] each = (hosts.isEmpty() ? "localhost" : hosts).split(",", -1);
    String[] port = ports == null ? new String[0] : ports.split(",", -1);
    if (each.length > MAX_HOSTS) {
      throw new BadValue("must name at most " + MAX_HOSTS + " hosts");
    }
    if (port.length > 1 && port.length != each.length) {
      throw new BadValue("must name one port, or as many as hosts");
    }
    List<String> done = new ArrayList<>();
    for (int i = 0; i < each.length; i++) {
      String own = port.length == 0 ? "" : port[port.length == 1 ? 0 : i];
      done.add(host(own.isEmpty() ? each[i] : each[i] + ":" + own));
    }
    return String.join(",", done);
  }

  private static String host(String text) throws BadValue {
    int colon = text.startsWith("[") ? text.indexOf("]:") + 1 : text.lastIndexOf(':');
    boolean hasPort = text.startsWith("[") ? colon > 0 : colon >= 0;
    String host = hasPort ? text.substring(0, colon) : text;
    String name = host.isEmpty() ? "localhost" : PercentCode.decode(host);
    if (name.startsWith("/")) {
      throw new BadValue("names a socket directory as its host, which JDBC drivers cannot reach");
    }
    if (!name.matches("\\[[0-9a-fA-F:.]+(%[0-9a-zA-Z._-]+)?]|[\\p{L}\\p{N}._-]+")) {
      throw new BadValue(
          "has a host that is not a host name or address (IPv6 in [brackets])" + ENCODE);
    }
    return hasPort ? name + port(text.substring(colon + 1)) : name;
  }

  private static String port(String text) throws BadValue {
    if (text.isEmpty()) {
      return "";
    }
    if (!text.matches("[0-9]{1,5}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > 65_535) {
      throw new BadValue("has a port that is not a number from 1 to 65535" + ENCODE);
    }
    return ":" + Integer.parseInt(text);
  }

  private void query(String query) throws BadValue {
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new BadValue("has an option without a value after the question mark");
      }
      String name = PercentCode.decode(pair.substring(0, equals));
      String value = PercentCode.decode(pair.substring(equals + 1));
      option(name, value);
    }
  }

  private void option(String name, String value) throws BadValue {
    if (name.equals("host")) {
      queryHost = value;
    } else if (name.equals("port")) {
      queryPort = value;
    } else if (name.toLowerCase(Locale.ROOT).startsWith("sluice.")) {
      found.add(new ParsedUrl.Found(name.substring("sluice.".length()), value));
    } else if (vocabulary.knows(name)) {
      found.add(
          new ParsedUrl.Found(
              name, KeyStyle.squeeze(name).equals("password") ? Secret.of(value) : value));
    } else {
      driverProperty(name, value);
    }
  }

  private void driverProperty(String name, String value) throws BadValue {
    String theirs = name;
    String meant = value;
    if (subprotocol.equals("postgresql") && LIBPQ.containsKey(name)) {
      theirs = LIBPQ.get(name);
      if (name.equals("target_session_attrs")) {
        meant = LIBPQ_SERVERS.get(value);
        if (meant == null) {
          throw new BadValue(
              "has target_session_attrs other than any, read-write, primary,"
                  + " read-only, standby or prefer-standby");
        }
      } else if (name.equals("keepalives")) {
        meant = value.equals("0") ? "false" : "true";
      }
    }
    found.add(new ParsedUrl.Found("driver." + theirs, Secret.of(meant)));
  }
}
