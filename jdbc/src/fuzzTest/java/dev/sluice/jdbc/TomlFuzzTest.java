package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/** Whatever the text is, it is a document or a mistake with its place, and nothing else. */
class TomlFuzzTest {
  @FuzzTest
  void anyTextIsADocumentOrAMistake(FuzzedDataProvider data) {
    String toml = data.consumeRemainingAsString();
    try {
      Map<String, TomlTable.Node> entries = TomlParser.parse(toml, "f").entries();
      assertThat(entries).doesNotContainKey(null);
    } catch (SluiceConfigException e) {
      assertThat(e).hasMessageMatching("(?s)f:\\d+:\\d+: .+");
    }
  }
}
