package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TomlParserTest {
  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("\"plain\"", "plain"),
        Arguments.of("\"\"", ""),
        Arguments.of("\"\\b\\t\\n\\f\\r\\\"\\\\\"", "\b\t\n\f\r\"\\"),
        Arguments.of("\"\\u00e9\\U0001F600\"", "é😀"),
        Arguments.of("\"é😀\"", "é😀"),
        Arguments.of("\"a # b\"", "a # b"),
        Arguments.of("'C:\\new'", "C:\\new"),
        Arguments.of("''", ""),
        Arguments.of("\"\"\"\none\ntwo\"\"\"", "one\ntwo"),
        Arguments.of("\"\"\"one\\\n   \n  two\"\"\"", "onetwo"),
        Arguments.of("\"\"\"one\\  \n  two\"\"\"", "onetwo"),
        Arguments.of("\"\"\"\"in\" \"\"quotes\"\"\"\"\"", "\"in\" \"\"quotes\"\""),
        Arguments.of("\"\"\"\"\"\"", ""),
        Arguments.of("'''\nraw \\n\n'''", "raw \\n\n"),
        Arguments.of("'''it''s'''''", "it''s''"),
        Arguments.of("0", 0L),
        Arguments.of("+99", 99L),
        Arguments.of("-17", -17L),
        Arguments.of("1_000", 1000L),
        Arguments.of("9223372036854775807", Long.MAX_VALUE),
        Arguments.of("-9223372036854775808", Long.MIN_VALUE),
        Arguments.of("0xDEAD_beef", 0xdeadbeefL),
        Arguments.of("0o755", 0755L),
        Arguments.of("0b1101", 13L),
        Arguments.of("3.14", 3.14),
        Arguments.of("-0.01", -0.01),
        Arguments.of("5e+22", 5e22),
        Arguments.of("123e-5", 123e-5),
        Arguments.of("1e1_0", 1e10),
        Arguments.of("9_224.617_5", 9224.6175),
        Arguments.of("inf", Double.POSITIVE_INFINITY),
        Arguments.of("-inf", Double.NEGATIVE_INFINITY),
        Arguments.of("nan", Double.NaN),
        Arguments.of("true", true),
        Arguments.of("false", false),
        Arguments.of("1979-05-27", LocalDate.of(1979, 5, 27)),
        Arguments.of("07:32:00.5", LocalTime.of(7, 32, 0, 500_000_000)),
        Arguments.of("1979-05-27T07:32:00", LocalDateTime.of(1979, 5, 27, 7, 32)),
        Arguments.of("1979-05-27 07:32:00Z", OffsetDateTime.parse("1979-05-27T07:32:00Z")),
        Arguments.of(
            "1979-05-27t07:32:00-07:00", OffsetDateTime.parse("1979-05-27T07:32:00-07:00")),
        Arguments.of("[]", List.of()),
        Arguments.of("[1, 2 ,3,]", List.of(1L, 2L, 3L)),
        Arguments.of("[ # why\n 'a',\n\n 'b' # last\n]", List.of("a", "b")),
        Arguments.of("[[1], ['x', {a = 1}]]", List.of(List.of(1L), List.of("x", Map.of("a", 1L)))),
        Arguments.of("{}", Map.of()),
        Arguments.of("{ a = 1, b.c = 'x' }", Map.of("a", 1L, "b", Map.of("c", "x"))));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesAreRead(String toml, Object value) {
    assertThat(parse("k = " + toml)).isEqualTo(Map.of("k", value));
    assertThat(parse("k=" + toml.replace("\n", "\r\n") + "\r\n").keySet()).containsExactly("k");
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("", Map.of()),
        Arguments.of("\uFEFF# only\n\n  # comments", Map.of()),
        Arguments.of("a.b.c = 1\na.d = 2", Map.of("a", Map.of("b", Map.of("c", 1L), "d", 2L))),
        Arguments.of("\"a.b\" . 'c d' = 1", Map.of("a.b", Map.of("c d", 1L))),
        Arguments.of("1.2 = 3", Map.of("1", Map.of("2", 3L))),
        Arguments.of("\"\" = 1", Map.of("", 1L)),
        Arguments.of(
            "[a]\nb=1\n[ c . d ]\ne=2",
            Map.of("a", Map.of("b", 1L), "c", Map.of("d", Map.of("e", 2L)))),
        Arguments.of("[a.b]\nx=1\n[a]\ny=2", Map.of("a", Map.of("b", Map.of("x", 1L), "y", 2L))),
        Arguments.of(
            "[a]\nb.c=1\n[a.b.d]\ne=2",
            Map.of("a", Map.of("b", Map.of("c", 1L, "d", Map.of("e", 2L))))),
        Arguments.of(
            "[[p]]\nn=1\n[p.q]\nm=2\n[[p]]\nn=3",
            Map.of("p", List.of(Map.of("n", 1L, "q", Map.of("m", 2L)), Map.of("n", 3L)))),
        Arguments.of("[a] # c\r\nb = 'x' # d\r\n", Map.of("a", Map.of("b", "x"))));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void documentsAreRead(String toml, Map<String, Object> value) {
    assertThat(parse(toml)).isEqualTo(value);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("a", "1:2: expected '=' after the key, found the end of the file"),
        Arguments.of("a =", "1:4: expected a value"),
        Arguments.of("a = \nb = 1", "1:5: expected a value"),
        Arguments.of("= 1", "1:1: expected a key, found '='"),
        Arguments.of("a = 1 b = 2", "1:7: expected the end of the line, found 'b'"),
        Arguments.of("x = 1\na = plain", "2:5: expected a value"),
        Arguments.of("a = \"open", "1:5: the text that starts here has no closing \""),
        Arguments.of("a = \"open\nb = 1", "1:5: the text that starts here has no closing \""),
        Arguments.of("a = '''open", "1:5: the text that starts here has no closing '''"),
        Arguments.of("a = \"\\x\"", "1:6: unknown escape"),
        Arguments.of("a = \"\\ud800\"", "no such Unicode character"),
        Arguments.of("a = \"\\U00110000\"", "no such Unicode character"),
        Arguments.of("a = \"\\u12\"", "1:10: expected 4 hexadecimal digits"),
        Arguments.of("a = \"\u0001\"", "1:6: the control character U+0001"),
        Arguments.of("a = 1 # \u0001", "the control character U+0001"),
        Arguments.of("a = 1\rb = 2", "1:6: expected the end of the line, found U+000D"),
        Arguments.of("a = \"\ud800\"", "half of a surrogate pair"),
        Arguments.of("a = \"\udc00\"", "half of a surrogate pair"),
        Arguments.of("a = 01", "expected a value"),
        Arguments.of("a = 010", "a number must not begin with 0"),
        Arguments.of("a = 1__0", "expected a value"),
        Arguments.of("a = _1", "expected a value"),
        Arguments.of("a = 1_", "expected a value"),
        Arguments.of("a = +0x1", "expected a value"),
        Arguments.of("a = 0x", "expected a value"),
        Arguments.of("a = 1.", "expected a value"),
        Arguments.of("a = .5", "expected a value"),
        Arguments.of("a = True", "expected a value"),
        Arguments.of("a = 9223372036854775808", "does not fit into 64 bits"),
        Arguments.of("a = 0xFFFFFFFFFFFFFFFF", "does not fit into 64 bits"),
        Arguments.of("a = 2026-02-30", "not a valid date or time"),
        Arguments.of("a = 25:00:00", "not a valid date or time"),
        Arguments.of("a = 2026-01-01T10:00", "not a valid date or time"),
        Arguments.of("a = [1 2]", "1:8: expected ',' or ] after a value of a list, found '2'"),
        Arguments.of("a = [1,,2]", "expected a value"),
        Arguments.of("a = [", "found the end of the file"),
        Arguments.of("a = {b = 1,}", "expected a key, found '}'"),
        Arguments.of("a = {b = 1\n}", "found the end of the line"),
        Arguments.of("a = {b = 1, b = 2}", "'b' was already set in line 1"),
        Arguments.of("a = 1\na = 2", "2:1: 'a' was already set in line 1"),
        Arguments.of("a = 1\na.b = 2", "2:1: 'a' was already defined in line 1"),
        Arguments.of("a = {b = 1}\na.c = 2", "'a' was already defined"),
        Arguments.of("a = {b.c = 1}\n[a.b]", "'a' is not a table that can be extended"),
        Arguments.of("[a]\n[a]", "2:1: [a] was already defined in line 1"),
        Arguments.of("[a]\nb=1\n[a.b]", "[a.b] was already defined"),
        Arguments.of("[a]\nb=1\n[a.b.c]", "'b' is not a table that can be extended"),
        Arguments.of("[a]\nb.c=1\n[a.b]", "[a.b] was already defined"),
        Arguments.of("[a.b.c]\nz=9\n[a]\nb.c.t=1", "'c' was already defined"),
        Arguments.of("[a]\n[[a]]", "'a' was already defined"),
        Arguments.of("[[a]]\n[a]", "[a] was already defined"),
        Arguments.of("a = []\n[[a]]", "'a' was already defined"),
        Arguments.of("[a", "expected ']' after the table's name"),
        Arguments.of("[a]]", "expected the end of the line"),
        Arguments.of("[[a] ]", "expected ']' after the table's name"),
        Arguments.of("[]", "expected a key, found ']'"),
        Arguments.of("[a..b]", "expected a key, found '.'"),
        Arguments.of("é = 1", "expected a key, found U+00E9"),
        Arguments.of("\"\"\"a\"\"\" = 1", "expected '=' after the key"),
        Arguments.of("a = " + "[".repeat(100_000), "nested more than 64 deep"),
        Arguments.of("a = " + "{a=".repeat(100_000), "nested more than 64 deep"),
        Arguments.of("a.".repeat(100_000) + "a = 1", "a key of more than 64 parts"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreNamedWithLineAndColumn(String toml, String message) {
    assertThatThrownBy(() -> TomlParser.parse(toml, "pool.toml"))
        .isInstanceOf(UnreadableText.class)
        .hasMessageStartingWith("pool.toml:")
        .hasMessageContaining(message);
  }

  @Test
  void columnsCountCharactersNotHalvesOfThem() {
    assertThatThrownBy(() -> TomlParser.parse("a = '😀' x", "f")).hasMessageStartingWith("f:1:9: ");
  }

  @Test
  void valuesKnowWhereTheyStand() {
    TomlTable table = TomlParser.parse("\n[a]\n  b = 'x'\n", "f");

    TomlTable.Node node = ((TomlTable) table.get("a").value()).get("b");

    assertThat(node.line()).isEqualTo(3);
    assertThat(node.column()).isEqualTo(7);
  }

  @Test
  void nestingIsBoundedByWhateverItIsMadeOf() {
    String dotted = "a.".repeat(60) + "a";
    String braces = (dotted + " = {").repeat(60) + "}".repeat(60);

    assertThatThrownBy(() -> TomlParser.parse(braces, "f")).hasMessageContaining("64 deep");
  }

  /** With time that grows with the square of the line's length, this would not end in time. */
  @Test
  void aLongLineIsReadInOnePass() {
    TomlTable table = TomlParser.parse("a = [" + "1,".repeat(500_000) + "]", "f");

    assertThat((List<?>) table.get("a").value()).hasSize(500_000);
  }

  @Test
  void namesInMistakesStayOnTheirLine() {
    assertThatThrownBy(() -> TomlParser.parse("\"a\\nb\" = 1\n\"a\\nb\" = 2", "f"))
        .hasMessage("f:2:1: 'a\\u000ab' was already set in line 1");
  }

  @Test
  void mistakesShowNothingOfAValue() {
    for (String toml :
        List.of(
            "password = hunter2",
            "password = \"hunter2",
            "password = \"hunter2\" x",
            "password = 'hunter2' = 3",
            "password = \"hunter2\\q\"",
            "password = [\"hunter2\" \"x\"]",
            "password hunter2",
            "password = 1hunter2",
            "password = 2026-hunter2")) {
      assertThatThrownBy(() -> TomlParser.parse(toml, "f"))
          .as(toml)
          .message()
          .doesNotContain("hunter2")
          .doesNotContain("unter");
    }
  }

  /** Plain maps and lists, as the oracle's are made too. */
  static Map<String, Object> parse(String toml) {
    return plain(TomlParser.parse(toml, "test.toml"));
  }

  private static Map<String, Object> plain(TomlTable table) {
    Map<String, Object> map = new LinkedHashMap<>();
    table.entries().forEach((key, node) -> map.put(key, plain(node.value())));
    return map;
  }

  private static Object plain(Object value) {
    if (value instanceof TomlTable table) {
      return plain(table);
    }
    if (value instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      list.forEach(node -> values.add(plain(((TomlTable.Node) node).value())));
      return values;
    }
    return value;
  }
}
