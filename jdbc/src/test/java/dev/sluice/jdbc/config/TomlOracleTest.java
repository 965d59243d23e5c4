package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Compares with another reader of TOML what both make of the same random documents. */
class TomlOracleTest {
  private static final String[] ATOMS = {
    "a",
    "b",
    "c.d",
    "a.b",
    "\"q\"",
    "'r s'",
    "1",
    "=",
    " = ",
    "= 1\n",
    "= 'x'\n",
    "= \"y\\n\"\n",
    "= [1, 2]\n",
    "= [\n1,\n]\n",
    "= {a = 1, b.c = 2}\n",
    "= {}\n",
    "= 0x1F\n",
    "= 1_000\n",
    "= 1.5e3\n",
    "= -inf\n",
    "= true\n",
    "= false # c\n",
    "= 1979-05-27\n",
    "= 07:32:00\n",
    "= 1979-05-27T07:32:00Z\n",
    "= 1979-05-27 07:32:00.25\n",
    "= \"\"\"\nm\\\n  n\"\"\"\n",
    "= '''\nm\n'''\n",
    "[a]\n",
    "[b]\n",
    "[a.b]\n",
    "[a.c.d]\n",
    "[[t]]\n",
    "[[t.u]]\n",
    "[t.v]\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "#",
    "\n",
    "\r\n",
    " ",
    "\t",
    "é",
    "\\",
    "_",
    "-",
    "+",
    ".",
    "e"
  };

  @Test
  void bothReadersAgree() {
    Random random = new Random(20261120);
    int valid = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder toml = new StringBuilder();
      for (int n = 1 + random.nextInt(9); n > 0; n--) {
        toml.append(ATOMS[random.nextInt(ATOMS.length)]);
      }
      valid += compare(toml.toString()) ? 1 : 0;
    }
    assertThat(valid).isGreaterThan(300);
  }

  @Test
  void bothReadersAgreeOnLongerDocuments() {
    Random random = new Random(8);
    int valid = 0;
    for (int i = 0; i < 8_000; i++) {
      StringBuilder toml = new StringBuilder();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        if (random.nextInt(4) == 0) {
          toml.append(ATOMS[28 + random.nextInt(7)]);
        } else {
          toml.append(ATOMS[random.nextInt(7)]).append(ATOMS[9 + random.nextInt(19)]);
        }
      }
      valid += compare(toml.toString()) ? 1 : 0;
    }
    assertThat(valid).isGreaterThan(2_000);
  }

  private static boolean compare(String toml) {
    TomlParseResult theirs = Toml.parse(toml);
    Map<String, Object> ours;
    try {
      ours = TomlParserTest.parse(toml);
    } catch (UnreadableText e) {
      assertThat(theirs.hasErrors())
          .as("only ours refuses <<%s>>: %s", toml, e.getMessage())
          .isTrue();
      return false;
    }
    assertThat(theirs.hasErrors())
        .as("only theirs refuses <<%s>>: %s", toml, theirs.errors())
        .isFalse();
    assertThat(ours).as(toml).isEqualTo(plain(theirs));
    return true;
  }

  private static Map<String, Object> plain(TomlTable table) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key : table.keySet()) {
      map.put(key, plain(table.get(List.of(key))));
    }
    return map;
  }

  private static Object plain(Object value) {
    if (value instanceof TomlTable table) {
      return plain(table);
    }
    if (value instanceof TomlArray array) {
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        list.add(plain(array.get(i)));
      }
      return list;
    }
    return value;
  }
}
