package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the lists of TLS versions. */
final class TlsVersions {
  private static final List<String> SECURE = List.of("TLSv1.3", "TLSv1.2");
  private static final List<String> ALL = List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1");

  private TlsVersions() {}

  /**
   * Returns the versions under the JDK's names, newest first. A name after {@code !} is left out.
   */
  static List<String> parse(String text) throws BadValue {
    List<String> named = new ArrayList<>();
    List<String> excluded = new ArrayList<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[,: \t]", -1)) {
      if (word.startsWith("!")) {
        excluded.addAll(versions(word.substring(1)));
      } else if (!word.isEmpty()) {
        named.addAll(versions(word));
      }
    }
    List<String> versions = new ArrayList<>(ALL);
    versions.retainAll(named);
    versions.removeAll(excluded);
    if (versions.isEmpty()) {
      throw wanted();
    }
    return List.copyOf(versions);
  }

  private static List<String> versions(String word) throws BadValue {
    return switch (word) {
      case "all", "legacy" -> ALL;
      case "secure" -> SECURE;
      case "tlsv1" -> List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1");
      case "tlsv1.0" -> List.of("TLSv1");
      case "tlsv1.1" -> List.of("TLSv1.1");
      case "tlsv1.2" -> List.of("TLSv1.2");
      case "tlsv1.3" -> List.of("TLSv1.3");
      default -> throw wanted();
    };
  }

  private static BadValue wanted() {
    return new BadValue("secure, all, or a list of tlsv1.0, tlsv1.1, tlsv1.2 and tlsv1.3");
  }
}
