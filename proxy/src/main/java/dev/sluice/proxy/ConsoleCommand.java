package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A command of the console, taken apart. Words are separated by blanks. A word in double quotes
 * keeps its blanks and its capitals, and two double quotes inside mean one. A semicolon may end the
 * command.
 *
 * @param verb in capitals
 * @param arguments the other words, as they were written
 * @param text the whole command
 */
record ConsoleCommand(String verb, List<String> arguments, String text) {
  private static final int LONGEST_VALUE = 255;

  /** How the setting and the value of SET are written. */
  record Assignment(String key, String value) {}

  /** Takes a command apart. An empty one has an empty verb. */
  static ConsoleCommand parse(String text) throws ConsoleException {
    String command = text.strip();
    while (command.endsWith(";")) {
      command = command.substring(0, command.length() - 1).strip();
    }
    List<String> words = words(command);
    if (words.isEmpty()) {
      return new ConsoleCommand("", List.of(), command);
    }
    String verb = words.get(0).toUpperCase(Locale.ROOT);
    return new ConsoleCommand(verb, List.copyOf(words.subList(1, words.size())), command);
  }

  private static List<String> words(String text) throws ConsoleException {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (text.charAt(at) == '"') {
        at = quoted(text, at + 1, '"', words);
      } else {
        int end = at;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
          end++;
        }
        words.add(text.substring(at, end));
        at = end;
      }
    }
    return words;
  }

  /** Adds the quoted word, and returns where the text goes on. */
  private static int quoted(String text, int from, char quote, List<String> words)
      throws ConsoleException {
    StringBuilder word = new StringBuilder();
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c != quote) {
        word.append(c);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
        word.append(c);
        at++;
      } else {
        words.add(word.toString());
        return at + 1;
      }
    }
    throw new ConsoleException("bad arguments: a quote does not end");
  }

  /** The only argument; empty without one. */
  String argument() throws ConsoleException {
    if (arguments.size() > 1) {
      throw new ConsoleException("bad arguments");
    }
    return arguments.isEmpty() ? "" : arguments.get(0);
  }

  /** The setting and the value of {@code SET key = value}, {@code key=value} or {@code key TO}. */
  Assignment assignment() throws ConsoleException {
    String rest = text.substring(3).strip();
    int end = 0;
    while (end < rest.length() && isNamePart(rest.charAt(end))) {
      end++;
    }
    String key = rest.substring(0, end);
    String value = rest.substring(end).strip();
    if (value.startsWith("=")) {
      value = value.substring(1).strip();
    } else if (value.regionMatches(true, 0, "TO ", 0, 3)) {
      value = value.substring(3).strip();
    } else {
      throw new ConsoleException("bad arguments: write SET key = value");
    }
    if (key.isEmpty() || value.length() > LONGEST_VALUE) {
      throw new ConsoleException("bad arguments: write SET key = value");
    }
    return new Assignment(key.toLowerCase(Locale.ROOT), unquoted(value));
  }

  private static String unquoted(String value) throws ConsoleException {
    char first = value.isEmpty() ? ' ' : value.charAt(0);
    if (first != '\'' && first != '"') {
      return value;
    }
    List<String> words = new ArrayList<>();
    if (quoted(value, 1, first, words) != value.length()) {
      throw new ConsoleException("bad arguments: text follows the quoted value");
    }
    return words.get(0);
  }

  private static boolean isNamePart(char c) {
    return c == '_' || c == '.' || Character.isLetterOrDigit(c);
  }
}
