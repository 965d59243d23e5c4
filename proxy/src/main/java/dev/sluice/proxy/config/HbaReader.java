package dev.sluice.proxy.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads access rules in the format of pg_hba.conf. A line that cannot be read is a problem: without
 * it, another rule would decide about its clients.
 */
final class HbaReader {
  /** Files of names may name further files. */
  private static final int MAX_DEPTH = 10;

  /** Stops the reading of a line. */
  private static final class BadLine extends Exception {
    private static final long serialVersionUID = 1L;

    BadLine(String text) {
      super(text, null, false, false);
    }
  }

  private final Path file;
  private final ConfigFiles files;
  private final Map<String, IdentMap> maps;
  private final Report report;

  HbaReader(Path file, ConfigFiles files, Map<String, IdentMap> maps, Report report) {
    this.file = file;
    this.files = files;
    this.maps = maps;
    this.report = report;
  }

  HbaRules read(String text) {
    List<HbaRules.Line> lines = new ArrayList<>();
    int number = 1;
    for (String line : text.split("\n", -1)) {
      Place place = new Place(file.toString(), number++);
      try {
        HbaTokens tokens = new HbaTokens(line);
        if (tokens.unclosed()) {
          throw new BadLine("a double quote has no end");
        }
        if (!tokens.atEnd()) {
          lines.add(rule(tokens, place));
        }
      } catch (BadLine e) {
        report.problem(place, String.valueOf(e.getMessage()));
      }
    }
    return new HbaRules(lines);
  }

  private HbaRules.Line rule(HbaTokens tokens, Place place) throws BadLine {
    HbaRules.Type type = type(tokens.takeWord());
    HbaNames databases = new HbaNames();
    names(tokens, databases, true, file, 0);
    HbaNames users = new HbaNames();
    names(tokens, users, false, file, 0);
    HbaAddress address = type == HbaRules.Type.LOCAL ? HbaAddress.ALL : address(tokens, place);
    HbaMethod method = method(tokens.takeWord());
    Optional<LdapOptions> ldap =
        method == HbaMethod.LDAP ? Optional.of(ldap(tokens.takeRest())) : Optional.empty();
    Optional<IdentMap> map = map(tokens);
    if (!tokens.atEnd()) {
      throw new BadLine("only map=NAME may follow the method; remove the rest of the line");
    }
    HbaRule rule = new HbaRule(method, map, ldap, place.line());
    return new HbaRules.Line(type, databases, users, address, rule);
  }

  private static HbaRules.Type type(@Nullable String word) throws BadLine {
    for (HbaRules.Type type : HbaRules.Type.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
        return type;
      }
    }
    throw new BadLine("a rule starts with local, host, hostssl or hostnossl");
  }

  private void names(HbaTokens tokens, HbaNames names, boolean databases, Path from, int depth)
      throws BadLine {
    do {
      if (!keyword(tokens, names, databases)) {
        name(tokens, names, databases, from, depth);
      }
    } while (tokens.takeComma());
  }

  private static boolean keyword(HbaTokens tokens, HbaNames names, boolean databases)
      throws BadLine {
    if (tokens.take("all")) {
      names.addAll();
    } else if (databases && tokens.take("sameuser")) {
      names.addSameUser();
    } else if (databases && tokens.take("replication")) {
      names.addReplication();
    } else if (databases && (tokens.take("samerole") || tokens.take("samegroup"))) {
      throw new BadLine("samerole and samegroup need PostgreSQL's roles; list the databases");
    } else {
      return false;
    }
    return true;
  }

  private void name(HbaTokens tokens, HbaNames names, boolean databases, Path from, int depth)
      throws BadLine {
    String word = tokens.peekWord();
    String name = tokens.takeName();
    if (name == null) {
      throw new BadLine(
          "a name is missing: a rule has databases, users, an address unless it is local, and a"
              + " method");
    }
    if (word != null && word.startsWith("+")) {
      throw new BadLine("+role needs PostgreSQL's roles; list the users");
    }
    if (word != null && word.startsWith("@")) {
      namesOfFile(word.substring(1), names, databases, from, depth);
    } else {
      names.add(name);
    }
  }

  /** Files of names lie beside the file that names them. */
  private void namesOfFile(String name, HbaNames names, boolean databases, Path from, int depth)
      throws BadLine {
    if (depth >= MAX_DEPTH) {
      throw new BadLine("files of names are nested too deep; does a file name itself?");
    }
    try {
      Path list = from.resolveSibling(name);
      for (String line : files.read(list).split("\n", -1)) {
        HbaTokens tokens = new HbaTokens(line);
        while (!tokens.atEnd()) {
          names(tokens, names, databases, list, depth + 1);
        }
      }
    } catch (IOException e) {
      throw new BadLine("the file " + Printable.quoted(name) + " " + IniReader.reason(e));
    } catch (InvalidPathException e) {
      throw new BadLine("@ must be followed by the name of a file");
    }
  }

  private HbaAddress address(HbaTokens tokens, Place place) throws BadLine {
    String word = tokens.takeWord();
    if ("all".equals(word)) {
      return HbaAddress.ALL;
    }
    HbaAddress address = word == null ? null : address(word, tokens);
    if (address == null) {
      throw new BadLine(
          "the address must be all, ADDRESS/BITS or ADDRESS MASK, with an IPv4 or IPv6 address;"
              + " names of hosts are not supported");
    }
    if (address.neverMatches()) {
      report.warning(
          place, "no client matches, because the address has bits outside of its mask; clear them");
    }
    return address;
  }

  private static @Nullable HbaAddress address(String word, HbaTokens tokens) {
    int slash = word.indexOf('/');
    if (slash >= 0) {
      return HbaAddress.ofBits(word.substring(0, slash), word.substring(slash + 1));
    }
    String mask = tokens.takeWord();
    return mask == null ? null : HbaAddress.ofMask(word, mask);
  }

  private static HbaMethod method(@Nullable String word) throws BadLine {
    if ("plain".equals(word)) {
      return HbaMethod.PASSWORD;
    }
    for (HbaMethod method : HbaMethod.values()) {
      if (method.word().equals(word)) {
        return method;
      }
    }
    throw new BadLine(
        "the method must be trust, reject, md5, scram-sha-256, password, peer, cert or ldap");
  }

  private static LdapOptions ldap(String text) throws BadLine {
    try {
      return LdapOptionsReader.read(text);
    } catch (BadValue e) {
      throw new BadLine("ldap " + e.wanted());
    }
  }

  private Optional<IdentMap> map(HbaTokens tokens) throws BadLine {
    String word = tokens.peekWord();
    if (word == null || !word.startsWith("map=")) {
      return Optional.empty();
    }
    tokens.takeWord();
    String name = word.substring("map=".length());
    IdentMap map = maps.get(name);
    if (map == null) {
      throw new BadLine(
          "no user name map "
              + Printable.quoted(name)
              + " in auth_ident_file"
              + Nearest.hint(name, maps.keySet()));
    }
    return Optional.of(map);
  }
}
