package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the options of an LDAP server: {@code name=value} or {@code name="value"}, with blanks or
 * commas in between. A doubled quote within quotes stands for one.
 */
final class LdapOptionsReader {
  private static final List<String> NAMES =
      List.of(
          "ldapserver",
          "ldapport",
          "ldapscheme",
          "ldaptls",
          "ldapprefix",
          "ldapsuffix",
          "ldapbasedn",
          "ldapbinddn",
          "ldapbindpasswd",
          "ldapsearchattribute",
          "ldapsearchfilter",
          "ldapurl");

  private static final int LDAP_PORT = 389;
  private static final int LDAPS_PORT = 636;
  private static final String DEFAULT_ATTRIBUTE = "uid";

  private final String text;
  private final Map<String, String> values = new LinkedHashMap<>();
  private int at;

  private LdapOptionsReader(String text) {
    this.text = text;
  }

  /**
   * Reads options.
   *
   * @throws BadValue if they cannot be read, or do not fit together; no password is part of it
   */
  static LdapOptions read(String text) throws BadValue {
    LdapOptionsReader reader = new LdapOptionsReader(text);
    reader.pairs();
    return reader.options();
  }

  /** The options as they may be shown: without the password. */
  static String shown(String text) {
    int key = text.indexOf("ldapbindpasswd");
    if (key < 0) {
      return text;
    }
    int end = key + "ldapbindpasswd=".length();
    return text.substring(0, Math.min(end, text.length())) + "***";
  }

  private void pairs() throws BadValue {
    skip();
    while (at < text.length() && text.charAt(at) != '#') { // a comment of an access rule
      String name = name();
      if (!NAMES.contains(name)) {
        throw new BadValue("has no option " + Printable.quoted(name) + Nearest.hint(name, NAMES));
      }
      String value = value();
      if (name.equals("ldapurl")) {
        values.putAll(LdapUrl.parse(value));
      } else {
        values.put(name, value);
      }
      skip();
    }
  }

  private void skip() {
    while (at < text.length() && (Blanks.isBlank(text.charAt(at)) || text.charAt(at) == ',')) {
      at++;
    }
  }

  private String name() throws BadValue {
    if (text.charAt(at) == '"') { // as in PgBouncer, a quote may also begin before the name
      return afterQuoted();
    }
    int equals = text.indexOf('=', at);
    if (equals < 0) {
      throw new BadValue("takes name=value; a value is missing at the end");
    }
    String name = text.substring(at, equals);
    at = equals + 1;
    return name;
  }

  private String afterQuoted() throws BadValue {
    String name = quoted();
    if (at >= text.length() || text.charAt(at) != '=') {
      throw new BadValue("takes name=value; = must follow " + Printable.quoted(name));
    }
    at++;
    return name;
  }

  private String value() throws BadValue {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && !Blanks.isBlank(text.charAt(at)) && text.charAt(at) != ',') {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() throws BadValue {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        value.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        value.append(c);
        at++;
      } else {
        return value.toString();
      }
    }
    throw new BadValue("has a double quote without an end");
  }

  // What they mean together.

  private Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  private LdapOptions options() throws BadValue {
    String scheme = get("ldapscheme").orElse("ldap");
    if (!scheme.equals("ldap") && !scheme.equals("ldaps")) {
      throw new BadValue("needs an ldapscheme of ldap or ldaps");
    }
    boolean ldaps = scheme.equals("ldaps");
    boolean startTls = startTls();
    if (ldaps && startTls) {
      throw new BadValue("takes either ldaptls or ldapscheme=ldaps, not both");
    }
    return new LdapOptions(servers(ldaps ? LDAPS_PORT : LDAP_PORT), ldaps, startTls, mode());
  }

  private boolean startTls() throws BadValue {
    String value = get("ldaptls").orElse("0");
    if (!value.equals("0") && !value.equals("1")) {
      throw new BadValue("needs an ldaptls of 1 or 0"); // another value must not mean no TLS
    }
    return value.equals("1");
  }

  private List<LdapOptions.Server> servers(int usual) throws BadValue {
    int port = port(usual);
    List<LdapOptions.Server> servers = new ArrayList<>();
    for (String host : get("ldapserver").orElse("").split(" +", -1)) {
      if (!host.isEmpty()) {
        servers.add(new LdapOptions.Server(host, port));
      }
    }
    if (servers.isEmpty()) {
      throw new BadValue(
          "needs a server, by ldapserver or ldapurl; to find one by DNS is not supported");
    }
    return servers;
  }

  private int port(int usual) throws BadValue {
    Optional<String> digits = get("ldapport");
    if (digits.isEmpty()) {
      return usual;
    }
    boolean number = digits.get().chars().allMatch(c -> c >= '0' && c <= '9');
    int port = number && digits.get().length() <= 5 ? Integer.parseInt(digits.get()) : 0;
    if (port < 1 || port > 65_535) {
      throw new BadValue("needs an ldapport from 1 to 65535");
    }
    return port;
  }

  private LdapOptions.Mode mode() throws BadValue {
    boolean direct = values.containsKey("ldapprefix") || values.containsKey("ldapsuffix");
    boolean search = false;
    for (String name : NAMES.subList(NAMES.indexOf("ldapbasedn"), NAMES.indexOf("ldapurl"))) {
      search |= get(name).isPresent();
    }
    if (direct && search) {
      throw new BadValue(
          "makes a name (ldapprefix, ldapsuffix) or searches for it (ldapbasedn and what belongs to"
              + " it), not both");
    }
    if (direct) {
      return new LdapOptions.Direct(get("ldapprefix").orElse(""), get("ldapsuffix").orElse(""));
    }
    return search();
  }

  private LdapOptions.Search search() throws BadValue {
    String base =
        get("ldapbasedn")
            .orElseThrow(() -> new BadValue("needs ldapbasedn, ldapprefix or ldapsuffix"));
    Optional<String> filter = get("ldapsearchfilter");
    Optional<String> attribute = get("ldapsearchattribute");
    if (filter.isPresent() && attribute.isPresent()) {
      throw new BadValue("takes either ldapsearchattribute or ldapsearchfilter, not both");
    }
    return new LdapOptions.Search(
        base,
        LdapUrl.scope(get(LdapUrl.SCOPE).orElse("sub")),
        filter.orElse("(" + attribute.orElse(DEFAULT_ATTRIBUTE) + "=$username)"),
        searcher());
  }

  private Optional<LdapOptions.Searcher> searcher() throws BadValue {
    Secret password = Secret.of(get("ldapbindpasswd").orElse(""));
    Optional<String> name = get("ldapbinddn");
    if (name.isPresent() && password.isEmpty()) {
      throw new BadValue(
          "needs ldapbindpasswd beside ldapbinddn: without a password the server would take the"
              + " searcher for anonymous");
    }
    return name.map(known -> new LdapOptions.Searcher(known, password));
  }
}
