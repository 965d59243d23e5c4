package dev.sluice.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a dashboard in docs/grafana asks Prometheus for. */
public final class Dashboard {
  private static final Pattern QUERY = Pattern.compile("\"(?:expr|query)\": \"(.*)\"");
  private static final Pattern SERIES = Pattern.compile("\\b(?:sluice|pgbouncer)_\\w+");

  private Dashboard() {}

  /** The series that its panels and variables name. */
  public static Set<String> queried(String dashboard) throws IOException {
    Set<String> found = new TreeSet<>();
    Path file = Path.of("..", "docs", "grafana", dashboard + ".json");
    Matcher query = QUERY.matcher(Files.readString(file));
    while (query.find()) {
      SERIES.matcher(query.group(1)).results().forEach(series -> found.add(series.group()));
    }
    return found;
  }

  /** The series of a page that Prometheus reads. */
  public static Set<String> series(String page) {
    return page.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
