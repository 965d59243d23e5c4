package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How commands of the console are taken apart. */
class ConsoleCommandTest {
  @ParameterizedTest
  @CsvSource({
    "pause db, PAUSE, db",
    "'  Pause   db ; ', PAUSE, db",
    "RELOAD;;, RELOAD, ''",
    "'PAUSE \"My db\"', PAUSE, My db",
    "'PAUSE \"a\"\"b\";', PAUSE, 'a\"b'"
  })
  void aCommandHasAVerbAndAnArgument(String text, String verb, String argument)
      throws ConsoleException {
    ConsoleCommand command = ConsoleCommand.parse(text);

    assertThat(command.verb()).isEqualTo(verb);
    assertThat(command.argument()).isEqualTo(argument);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET key=value|key|value",
        "set Key = value;|key|value",
        "SET key TO value|key|value",
        "SET key = 'a b'|key|a b",
        "SET key = 'it''s'|key|it's",
        "SET key = \"quoted\"|key|quoted",
        "SET key = ''|key|''",
        "SET key = a b|key|a b"
      })
  void settingsAreAssigned(String text, String key, String value) throws ConsoleException {
    ConsoleCommand.Assignment assignment = ConsoleCommand.parse(text).assignment();

    assertThat(assignment.key()).isEqualTo(key);
    assertThat(assignment.value()).isEqualTo(value.equals("''") ? "" : value);
  }

  @Test
  void anEmptyCommandHasNoVerb() throws ConsoleException {
    assertThat(ConsoleCommand.parse(" ; ").verb()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"SET", "SET =1", "SET key", "'SET key = ''open'"})
  void anAssignmentThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> ConsoleCommand.parse(text).assignment())
        .isInstanceOf(ConsoleException.class)
        .hasMessageContaining("bad arguments");
  }
}
