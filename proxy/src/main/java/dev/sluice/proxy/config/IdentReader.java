package dev.sluice.proxy.config;

import dev.sluice.proxy.config.IdentMap.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads user name maps: on each line the map, the system user and the database user. */
final class IdentReader {
  private IdentReader() {}

  static Map<String, IdentMap> read(String text, String file, Report report) {
    Map<String, List<Mapping>> maps = new LinkedHashMap<>();
    int number = 1;
    for (String line : text.split("\n", -1)) {
      line(new HbaTokens(line), new Place(file, number++), maps, report);
    }
    Map<String, IdentMap> read = new LinkedHashMap<>();
    maps.forEach((name, mappings) -> read.put(name, new IdentMap(name, mappings)));
    return read;
  }

  private static void line(
      HbaTokens tokens, Place place, Map<String, List<Mapping>> maps, Report report) {
    if (tokens.atEnd() && !tokens.unclosed()) {
      return;
    }
    String map = tokens.takeWord();
    String systemUser = tokens.takeName();
    boolean all = tokens.take("all");
    String databaseUser = all ? null : tokens.takeName();
    if (map == null
        || systemUser == null
        || (!all && databaseUser == null)
        || !tokens.atEnd()
        || tokens.unclosed()) {
      report.problem(
          place, "not a map, a system user and a database user: write MAP SYSTEM-USER USER");
      return;
    }
    maps.computeIfAbsent(map, any -> new ArrayList<>())
        .add(new Mapping(systemUser, Optional.ofNullable(databaseUser)));
  }
}
