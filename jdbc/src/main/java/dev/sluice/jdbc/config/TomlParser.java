package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses a whole TOML 1.0 document, strictly: everything that the specification forbids is an error
 * with its line and column. No message shows a value, because it may be a password.
 */
public final class TomlParser {
  /** How deep arrays, inline tables and dotted keys may be nested. */
  private static final int MAX_DEPTH = 64;

  /** How many parts a dotted key may have. */
  private static final int MAX_KEY_PARTS = 64;

  private final TomlText text;
  private final TomlScalars scalars;
  private final TomlTable root = new TomlTable(TomlTable.Origin.HEADER);

  private TomlParser(String text, String source) {
    this.text = new TomlText(text, source);
    this.scalars = new TomlScalars(this.text);
  }

  /**
   * Reads a document.
   *
   * @param source its name in messages, such as the file's path
   * @throws UnreadableText if it is not TOML
   */
  public static TomlTable parse(String text, String source) {
    return new TomlParser(text, source).document();
  }

  private TomlTable document() {
    TomlTable current = root;
    text.skipBlankLines();
    while (text.peek() != TomlText.END) {
      if (text.peek() == '[') {
        current = header();
      } else {
        keyValue(current, 0);
      }
      text.endLine();
      text.skipBlankLines();
    }
    return root;
  }

  private TomlTable header() {
    int line = text.line();
    int column = text.column();
    text.next();
    boolean array = text.accept('[');
    text.skipBlanks();
    List<String> path = key();
    text.skipBlanks();
    text.expect(']', "after the table's name");
    if (array) {
      text.expect(']', "after the table's name");
    }
    TomlTable parent = root;
    for (String part : path.subList(0, path.size() - 1)) {
      parent = step(parent, part, line, column);
    }
    String last = path.get(path.size() - 1);
    return array
        ? element(parent, last, line, column)
        : table(parent, last, String.join(".", path), line, column);
  }

  private TomlTable step(TomlTable parent, String key, int line, int column) {
    TomlTable.Node node = parent.get(key);
    if (node == null) {
      TomlTable table = new TomlTable(TomlTable.Origin.IMPLIED);
      parent.put(key, new TomlTable.Node(table, line, column));
      return table;
    }
    if (node.value() instanceof TomlTable table && table.origin != TomlTable.Origin.INLINE) {
      return table;
    }
    if (node.value() instanceof TableArray array) {
      return array.last();
    }
    throw text.error(
        line, column, "'" + Printable.of(key) + "' is not a table that can be extended");
  }

  private TomlTable table(TomlTable parent, String key, String path, int line, int column) {
    TomlTable.Node node = parent.get(key);
    if (node == null) {
      TomlTable table = new TomlTable(TomlTable.Origin.HEADER);
      parent.put(key, new TomlTable.Node(table, line, column));
      return table;
    }
    if (node.value() instanceof TomlTable table && table.origin == TomlTable.Origin.IMPLIED) {
      table.origin = TomlTable.Origin.HEADER;
      return table;
    }
    throw text.error(
        line, column, "[" + Printable.of(path) + "] was already defined in line " + node.line());
  }

  private TomlTable element(TomlTable parent, String key, int line, int column) {
    TomlTable table = new TomlTable(TomlTable.Origin.HEADER);
    TomlTable.Node element = new TomlTable.Node(table, line, column);
    TomlTable.Node node = parent.get(key);
    if (node == null) {
      TableArray array = new TableArray();
      array.add(element);
      parent.put(key, new TomlTable.Node(array, line, column));
      return table;
    }
    if (node.value() instanceof TableArray array) {
      array.add(element);
      return table;
    }
    throw text.error(
        line, column, "'" + Printable.of(key) + "' was already defined in line " + node.line());
  }

  private void keyValue(TomlTable table, int depth) {
    int line = text.line();
    int column = text.column();
    List<String> path = key();
    TomlTable parent = table;
    for (String part : path.subList(0, path.size() - 1)) {
      parent = dotted(parent, part, line, column);
    }
    int inside = depth + path.size() - 1;
    text.skipBlanks();
    text.expect('=', "after the key");
    text.skipBlanks();
    String last = path.get(path.size() - 1);
    TomlTable.Node before = parent.get(last);
    if (before != null) {
      throw text.error(
          line, column, "'" + Printable.of(last) + "' was already set in line " + before.line());
    }
    int valueLine = text.line();
    int valueColumn = text.column();
    parent.put(last, new TomlTable.Node(value(inside), valueLine, valueColumn));
  }

  private TomlTable dotted(TomlTable parent, String key, int line, int column) {
    TomlTable.Node node = parent.get(key);
    if (node == null) {
      TomlTable table = new TomlTable(TomlTable.Origin.DOTTED);
      parent.put(key, new TomlTable.Node(table, line, column));
      return table;
    }
    if (node.value() instanceof TomlTable table
        && (table.origin == TomlTable.Origin.DOTTED || table.origin == TomlTable.Origin.IMPLIED)) {
      table.origin = TomlTable.Origin.DOTTED;
      return table;
    }
    throw text.error(
        line, column, "'" + Printable.of(key) + "' was already defined in line " + node.line());
  }

  private List<String> key() {
    List<String> parts = new ArrayList<>();
    do {
      text.skipBlanks();
      if (parts.size() == MAX_KEY_PARTS) {
        throw text.error("a key of more than " + MAX_KEY_PARTS + " parts");
      }
      parts.add(keyPart());
      text.skipBlanks();
    } while (text.accept('.'));
    return parts;
  }

  private String keyPart() {
    if (text.peek() == '"' || text.peek() == '\'') {
      return scalars.singleLine();
    }
    StringBuilder part = new StringBuilder();
    while (isBareKey(text.peek())) {
      part.append(text.next());
    }
    if (part.isEmpty()) {
      throw text.error("expected a key" + text.foundInstead());
    }
    return part.toString();
  }

  private static boolean isBareKey(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw text.error("nested more than " + MAX_DEPTH + " deep");
    }
    return switch (text.peek()) {
      case '"', '\'' -> scalars.string();
      case '[' -> array(depth);
      case '{' -> inlineTable(depth);
      default -> scalars.word();
    };
  }

  private List<TomlTable.Node> array(int depth) {
    text.next();
    List<TomlTable.Node> elements = new ArrayList<>();
    text.skipBlankLines();
    while (!text.accept(']')) {
      int line = text.line();
      int column = text.column();
      elements.add(new TomlTable.Node(value(depth + 1), line, column));
      text.skipBlankLines();
      if (text.peek() != ']') {
        text.expect(',', "or ] after a value of a list");
        text.skipBlankLines();
      }
    }
    return List.copyOf(elements);
  }

  private TomlTable inlineTable(int depth) {
    text.next();
    TomlTable table = new TomlTable(TomlTable.Origin.DOTTED);
    text.skipBlanks();
    if (!text.accept('}')) {
      do {
        text.skipBlanks();
        keyValue(table, depth + 1);
        text.skipBlanks();
      } while (text.accept(','));
      text.expect('}', "or , in a table in braces");
    }
    seal(table);
    return table;
  }

  /** Closes an inline table, and the tables made by its dotted keys. */
  private static void seal(TomlTable table) {
    table.origin = TomlTable.Origin.INLINE;
    for (TomlTable.Node node : table.entries().values()) {
      if (node.value() instanceof TomlTable inner && inner.origin == TomlTable.Origin.DOTTED) {
        seal(inner);
      }
    }
  }

  /** The elements of a table that is written with {@code [[double brackets]]}. */
  private static final class TableArray extends ArrayList<TomlTable.Node> {
    private static final long serialVersionUID = 1L;

    TomlTable last() {
      return (TomlTable) get(size() - 1).value();
    }
  }
}
