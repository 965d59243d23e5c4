package dev.sluice.proxy.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code userlist.txt}: on each line a user and a secret in double quotes, where two quotes
 * stand for one. What follows them is ignored, and so are empty lines and those that start with
 * {@code ;}.
 */
final class UserListReader {
  private final String file;
  private final Report report;
  private final Map<String, Secret> secrets = new LinkedHashMap<>();
  private final Map<String, Place> places = new HashMap<>();

  /** Where the reading of the line is. */
  private int at;

  private UserListReader(String file, Report report) {
    this.file = file;
    this.report = report;
  }

  static UserList read(String text, String file, Report report) {
    UserListReader reader = new UserListReader(file, report);
    int number = 1;
    for (String line : text.split("\n", -1)) {
      reader.line(Blanks.strip(line), new Place(file, number++));
    }
    return new UserList(reader.secrets);
  }

  private void line(String line, Place place) {
    if (line.isEmpty() || line.charAt(0) == ';') {
      return;
    }
    at = 0;
    String user = line.charAt(0) == '"' ? quoted(line) : null;
    String secret = user == null ? null : quoted(line);
    if (user == null || secret == null) {
      report.problem(
          place,
          "not a user and a secret, each in double quotes: write \"user\" \"secret\", with two"
              + " quotes for one inside, and ; in front of a comment");
      return;
    }
    add(user, secret, place);
  }

  private void add(String user, String secret, Place place) {
    Place earlier = places.put(user, place);
    if (earlier != null) {
      report.warning(
          place,
          "user "
              + Printable.quoted(user)
              + " is also in line "
              + earlier.line()
              + " of "
              + file
              + "; the last line counts");
    }
    secrets.put(user, Secret.of(secret));
  }

  /** Reads the next text in quotes; null if there is none or it has no end. */
  private @Nullable String quoted(String line) {
    int start = line.indexOf('"', at);
    if (start < 0) {
      return null;
    }
    int end = line.indexOf('"', start + 1);
    while (end >= 0 && line.startsWith("\"\"", end)) {
      end = line.indexOf('"', end + 2);
    }
    if (end < 0) {
      return null;
    }
    at = end + 1;
    return line.substring(start + 1, end).replace("\"\"", "\"");
  }
}
