package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words of a line of an HBA or ident file, read one after the other. */
final class HbaTokens {
  private enum Kind {
    WORD,
    QUOTED,
    COMMA
  }

  /** A word, a text in quotes, or a comma, and where it starts in the line. */
  private record Token(Kind kind, String text, int start) {}

  private final String line;
  private final List<Token> tokens = new ArrayList<>();
  private boolean unclosed;
  private int next;

  HbaTokens(String line) {
    this.line = line;
    int at = Blanks.skip(line, 0);
    while (at < line.length() && line.charAt(at) != '#') {
      at = Blanks.skip(line, token(at));
    }
  }

  private int token(int start) {
    if (line.charAt(start) == ',') {
      tokens.add(new Token(Kind.COMMA, ",", start));
      return start + 1;
    }
    return line.charAt(start) == '"' ? quoted(start) : word(start);
  }

  private int word(int start) {
    int end = start + 1;
    while (end < line.length() && !isEnd(line.charAt(end))) {
      end++;
    }
    tokens.add(new Token(Kind.WORD, line.substring(start, end), start));
    return end;
  }

  private static boolean isEnd(char c) {
    return c == ',' || c == '#' || c == '"' || Blanks.isBlank(c);
  }

  private int quoted(int start) {
    int end = line.indexOf('"', start + 1);
    while (end >= 0 && line.startsWith("\"\"", end)) {
      end = line.indexOf('"', end + 2);
    }
    if (end < 0) {
      unclosed = true;
      return line.length();
    }
    String text = line.substring(start + 1, end).replace("\"\"", "\"");
    tokens.add(new Token(Kind.QUOTED, text, start));
    return end + 1;
  }

  /** Returns whether a quote of the line has no end. */
  boolean unclosed() {
    return unclosed;
  }

  boolean atEnd() {
    return next >= tokens.size();
  }

  /** Returns the next word without taking it; null if there is none, or it is quoted or a comma. */
  @Nullable String peekWord() {
    return !atEnd() && tokens.get(next).kind == Kind.WORD ? tokens.get(next).text : null;
  }

  /** Takes this word if it comes next, without quotes. */
  boolean take(String word) {
    if (word.equals(peekWord())) {
      next++;
      return true;
    }
    return false;
  }

  /** Takes the next word without quotes; null if there is none. */
  @Nullable String takeWord() {
    String word = peekWord();
    next += word == null ? 0 : 1;
    return word;
  }

  /** Takes the next word, with or without quotes; null if there is none. */
  @Nullable String takeName() {
    if (atEnd() || tokens.get(next).kind == Kind.COMMA) {
      return null;
    }
    return tokens.get(next++).text;
  }

  boolean takeComma() {
    boolean comma = !atEnd() && tokens.get(next).kind == Kind.COMMA;
    next += comma ? 1 : 0;
    return comma;
  }

  /** Takes the rest of the line, comment included. */
  String takeRest() {
    String rest = atEnd() ? "" : line.substring(tokens.get(next).start);
    next = tokens.size();
    return Blanks.strip(rest);
  }
}
