package dev.sluice.proxy.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads {@code ldapurl}, RFC 4516: {@code ldap://host:port/base?attribute?scope?filter}. What it
 * says becomes options under their names.
 */
final class LdapUrl {
  /** The one part that has no option of its own. */
  static final String SCOPE = "scope";

  private static final int ATTRIBUTE = 0;
  private static final int DEPTH = 1;
  private static final int FILTER = 2;
  private static final int EXTENSIONS = 3;

  private LdapUrl() {}

  static Map<String, String> parse(String url) throws BadValue {
    int question = url.indexOf('?');
    String place = question < 0 ? url : url.substring(0, question);
    String[] parts = question < 0 ? new String[0] : url.substring(question + 1).split("\\?", -1);
    Map<String, String> options = new LinkedHashMap<>();
    place(place, options);
    put(options, "ldapsearchattribute", part(parts, ATTRIBUTE).split(",", -1)[0]);
    put(options, SCOPE, part(parts, DEPTH).isEmpty() ? "base" : part(parts, DEPTH));
    put(options, "ldapsearchfilter", part(parts, FILTER));
    for (String extension : part(parts, EXTENSIONS).split(",", -1)) {
      if (extension.startsWith("!")) {
        throw new BadValue("needs an ldapurl without critical extensions");
      }
    }
    return options;
  }

  private static void place(String place, Map<String, String> options) throws BadValue {
    URI uri;
    try {
      uri = new URI(place.replace(" ", "%20"));
    } catch (URISyntaxException e) {
      throw new BadValue("needs an ldapurl of ldap://host:port/base?attribute?scope?filter");
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("ldap") && !scheme.equals("ldaps")) {
      throw new BadValue("needs an ldapurl that begins with ldap:// or ldaps://");
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new BadValue("needs an ldapurl that names a host");
    }
    options.put("ldapscheme", scheme);
    options.put("ldapserver", uri.getHost().replaceAll("[\\[\\]]", ""));
    if (uri.getPort() >= 0) {
      options.put("ldapport", Integer.toString(uri.getPort()));
    }
    String path = uri.getRawPath();
    put(options, "ldapbasedn", path.isEmpty() ? "" : decoded(path.substring(1)));
  }

  private static String part(String[] parts, int index) throws BadValue {
    return index < parts.length ? decoded(parts[index]) : "";
  }

  private static void put(Map<String, String> options, String name, String value) {
    if (!value.isEmpty()) {
      options.put(name, value);
    }
  }

  static LdapOptions.Scope scope(String text) throws BadValue {
    return switch (text) {
      case "base" -> LdapOptions.Scope.BASE;
      case "one" -> LdapOptions.Scope.ONE;
      case "sub" -> LdapOptions.Scope.SUB;
      default -> throw new BadValue("needs an ldapurl with the scope base, one or sub");
    };
  }

  /** Undoes {@code %xx}; a plus stays one. */
  private static String decoded(String text) throws BadValue {
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    byte[] plain = new byte[raw.length];
    int length = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw new BadValue("needs an ldapurl in which % begins %xx");
        }
        plain[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        plain[length++] = raw[i];
      }
    }
    return new String(plain, 0, length, StandardCharsets.UTF_8);
  }
}
