package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.SqlCommand;
import dev.sluice.pgwire.SqlText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left of a transaction's LISTENs when it goes back to savepoints. */
class UncommittedListensTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LISTEN x; SAVEPOINT a; LISTEN y; ROLLBACK TO a|x",
        "SAVEPOINT a; LISTEN x; ROLLBACK TO a; LISTEN y; ROLLBACK TO a; LISTEN z|z",
        "SAVEPOINT a; LISTEN x; SAVEPOINT b; LISTEN y; ROLLBACK TO b|x",
        "SAVEPOINT a; LISTEN x; SAVEPOINT b; LISTEN y; ROLLBACK TO a|",
        "SAVEPOINT a; LISTEN x; SAVEPOINT b; LISTEN y; RELEASE b; ROLLBACK TO b|x,y",
        "SAVEPOINT a; LISTEN x; SAVEPOINT b; LISTEN y; RELEASE b; ROLLBACK TO a|",
        "SAVEPOINT a; LISTEN x; SAVEPOINT a; LISTEN y; ROLLBACK TO a|x",
        "SAVEPOINT a; SAVEPOINT a; LISTEN x; RELEASE a; ROLLBACK TO a|",
        "SAVEPOINT a; SAVEPOINT a; LISTEN x; RELEASE a; RELEASE a; ROLLBACK TO a|x",
        "SAVEPOINT a; SAVEPOINT b; LISTEN x; ROLLBACK TO a; LISTEN y; ROLLBACK TO b|y",
        "LISTEN x; ROLLBACK TO nowhere; RELEASE nowhere|x",
      })
  void whatCameAfterASavepointIsUndone(String sql, String left) {
    UncommittedListens listens = new UncommittedListens();
    for (SqlCommand command : SqlText.commands(sql, false)) {
      switch (command.kind()) {
        case SAVEPOINT -> listens.savepoint(command.name());
        case RELEASE -> listens.release(command.name());
        case ROLLBACK_TO -> listens.rollBackTo(command.name());
        default -> listens.add(command);
      }
    }

    List<String> names = new ArrayList<>();
    listens.commands().forEach(command -> names.add(command.name()));
    assertThat(String.join(",", names)).isEqualTo(left == null ? "" : left);
  }
}
