package dev.sluice.proxy.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A URL in the form of {@code DATABASE_URL}: {@code
 * postgresql://user:password@host:port/database?key=value}. Every part may be percent-encoded. No
 * message shows a part of the URL, because a password that is not encoded may end up anywhere in
 * it.
 *
 * @param hosts the hosts; a directory for a Unix socket
 * @param port the port of all hosts
 * @param user the user; empty if there is none
 * @param password the password; empty if there is none
 * @param database the database; empty if there is none
 * @param parameters what follows the question mark
 */
record DatabaseUrl(
    List<String> hosts,
    int port,
    String user,
    Secret password,
    String database,
    Map<String, String> parameters) {
  private static final String ENCODE =
      "; in user and password, the characters : / ? # [ ] @ % must be percent-encoded";

  static DatabaseUrl parse(String url) throws BadValue {
    int scheme = url.indexOf("://");
    String name = scheme < 0 ? "" : url.substring(0, scheme).toLowerCase(Locale.ROOT);
    if (!name.equals("postgresql") && !name.equals("postgres")) {
      throw new BadValue("start with postgresql:// or postgres://");
    }
    String rest = url.substring(scheme + 3);
    if (rest.indexOf('#') >= 0) {
      throw new BadValue("have no #" + ENCODE);
    }
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    String query = question < 0 ? "" : rest.substring(question + 1);
    if (query.indexOf('@') >= 0) {
      throw new BadValue("have no @ behind the question mark" + ENCODE);
    }
    return parse(place, parameters(query));
  }

  /** Reads the variables that containers have in place of a URL. */
  static DatabaseUrl of(Environment environment) throws BadValue {
    String hosts = environment.get("DB_HOST", "POSTGRESQL_HOST").orElse("");
    String port = environment.get("DB_PORT", "POSTGRESQL_PORT").orElse("5432");
    return new DatabaseUrl(
        List.of(hosts.split(",", -1)),
        Servers.port(port),
        environment.get("DB_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER").orElse("postgres"),
        Secret.of(environment.get("DB_PASSWORD", "POSTGRESQL_PASSWORD").orElse("")),
        environment.get("DB_NAME", "POSTGRESQL_DATABASE").orElse(""),
        Map.of());
  }

  private static DatabaseUrl parse(String place, Map<String, String> parameters) throws BadValue {
    int slash = place.indexOf('/');
    String authority = slash < 0 ? place : place.substring(0, slash);
    String path = slash < 0 ? "" : place.substring(slash + 1);
    if (path.indexOf('@') >= 0 || path.indexOf('/') >= 0) {
      throw new BadValue("have no @ and no second / behind the host" + ENCODE);
    }
    int at = authority.lastIndexOf('@');
    String userInfo = at < 0 ? "" : authority.substring(0, at);
    int colon = userInfo.indexOf(':');
    String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
    Servers servers = Servers.parse(authority.substring(at + 1), parameters);
    return new DatabaseUrl(
        servers.hosts, servers.port, user, Secret.of(password), decoded(path), parameters);
  }

  /** The hosts with their common port. */
  private record Servers(List<String> hosts, int port) {
    static Servers parse(String text, Map<String, String> parameters) throws BadValue {
      String host = parameters.remove("host");
      String port = parameters.remove("port");
      List<String> hosts = new ArrayList<>();
      int common = port == null ? 0 : port(port);
      for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        int colon = part.startsWith("[") ? part.indexOf(':', part.indexOf(']')) : part.indexOf(':');
        int own = colon < 0 ? DatabaseEntry.DEFAULT_PORT : port(part.substring(colon + 1));
        common = common == 0 ? own : common;
        if (own != common && colon >= 0) {
          throw new BadValue("give all hosts the same port");
        }
        hosts.add(host(colon < 0 ? part : part.substring(0, colon)));
      }
      if (host != null) {
        hosts.addAll(List.of(host.split(",", -1)));
      }
      return new Servers(List.copyOf(hosts), common == 0 ? DatabaseEntry.DEFAULT_PORT : common);
    }

    private static int port(String text) throws BadValue {
      try {
        return (int) Numbers.whole(decoded(text), 1, 65_535);
      } catch (BadValue e) {
        throw new BadValue("have a port from 1 to 65535 behind the host's colon" + ENCODE);
      }
    }

    private static String host(String text) throws BadValue {
      boolean bracketed = text.startsWith("[") && text.endsWith("]");
      String host = decoded(bracketed ? text.substring(1, text.length() - 1) : text);
      if (host.isBlank() || host.indexOf(',') >= 0 || text.indexOf('[') > 0) {
        throw new BadValue("name a host behind the user and the @" + ENCODE);
      }
      return host;
    }
  }

  private static Map<String, String> parameters(String query) throws BadValue {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      } else if (!pair.isEmpty()) {
        throw new BadValue("have key=value, joined by &, behind the question mark");
      }
    }
    return parameters;
  }

  private static String decoded(String text) throws BadValue {
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(hex(text, i + 1) * 16 + hex(text, i + 2));
        i += 2;
      } else {
        int end = text.indexOf('%', i) < 0 ? text.length() : text.indexOf('%', i);
        bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BadValue("have UTF-8 behind its percent signs");
    }
  }

  private static int hex(String text, int at) throws BadValue {
    int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    if (digit < 0) {
      throw new BadValue("have two hexadecimal digits behind each %" + ENCODE);
    }
    return digit;
  }

  /** Shows nothing of the URL. */
  @Override
  public String toString() {
    return "***";
  }
}
