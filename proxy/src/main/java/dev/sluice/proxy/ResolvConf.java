package dev.sluice.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a resolver's configuration file says beside its servers.
 *
 * @param search the domains in which a short name is looked for
 * @param dots a name with fewer dots is short
 */
record ResolvConf(List<String> search, int dots) {
  private static final String DOTS = "ndots:";

  ResolvConf {
    search = List.copyOf(search);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   */
  static ResolvConf read(Path file) throws IOException {
    List<String> search = List.of();
    int dots = 1;
    for (String line : Files.readAllLines(file)) {
      List<String> words = List.of(line.strip().split("\\s+", -1));
      switch (words.get(0)) {
        case "search", "domain" -> search = words.subList(1, words.size());
        case "options" -> dots = dots(words, dots);
        default -> {}
      }
    }
    return new ResolvConf(search, dots);
  }

  private static int dots(List<String> options, int before) {
    int dots = before;
    for (String option : options) {
      if (option.matches(DOTS + "\\d{1,2}")) {
        dots = Integer.parseInt(option.substring(DOTS.length()));
      }
    }
    return dots;
  }
}
