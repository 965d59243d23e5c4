package dev.sluice.pgwire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings in the start-up parameter {@code options}, which has the form of a command line:
 * {@code -c name=value} or {@code --name=value}, blanks in values escaped by a backslash.
 */
public final class StartupOptions {
  private StartupOptions() {}

  /**
   * Reads them, in their order.
   *
   * @throws ProtocolException if there is anything but settings
   */
  public static Map<String, String> read(String options) throws ProtocolException {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> words = words(options);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-c")) {
        i++;
        put(settings, i < words.size() ? words.get(i) : "");
      } else if (word.startsWith("-c") || word.startsWith("--")) {
        put(settings, word.substring(2));
      } else {
        throw unsupported();
      }
    }
    return settings;
  }

  private static void put(Map<String, String> settings, String setting) throws ProtocolException {
    int equals = setting.indexOf('=');
    if (equals <= 0) {
      throw unsupported();
    }
    // As on PostgreSQL's command line, a dash stands for the underscore that names have.
    settings.put(setting.substring(0, equals).replace('-', '_'), setting.substring(equals + 1));
  }

  private static ProtocolException unsupported() {
    return new ProtocolException(
        "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed");
  }

  private static List<String> words(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (c == '\\' && i + 1 < options.length()) {
        i++;
        word.append(options.charAt(i));
        inside = true;
      } else if (Character.isWhitespace(c)) {
        if (inside) {
          words.add(word.toString());
        }
        word.setLength(0);
        inside = false;
      } else {
        word.append(c);
        inside = true;
      }
    }
    if (inside) {
      words.add(word.toString());
    }
    return words;
  }
}
