package dev.sluice.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pgwire.SqlCommand.Kind;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which commands a pooler sees in a query. */
class SqlTextTest {
  private static List<SqlCommand> of(String text) {
    return SqlText.commands(text, false);
  }

  private static List<Kind> kinds(String text) {
    return of(text).stream().map(SqlCommand::kind).toList();
  }

  private static List<String> leaves(String text) {
    return of(text).stream().flatMap(c -> c.leaves().stream()).map(Object::toString).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PREPARE p AS SELECT 1|PREPARE|p",
        "prepare \"P q\"(int, text) AS SELECT $1|PREPARE|P q",
        "/* a /* nested */ comment */ EXECUTE P(1)|EXECUTE|p",
        "EXPLAIN (ANALYZE) EXECUTE p(1)|EXECUTE|p",
        "CREATE TABLE t AS EXECUTE p(1)|EXECUTE|p",
        "DEALLOCATE PREPARE p|DEALLOCATE|p",
        "DEALLOCATE p|DEALLOCATE|p",
        "DEALLOCATE ALL|DEALLOCATE_ALL|",
        "DEALLOCATE \"all\"|DEALLOCATE|all",
        "DISCARD ALL|DISCARD_ALL|",
        "LISTEN News|LISTEN|news",
        "UNLISTEN \"a\"\"b\"|UNLISTEN|a\"b",
        "UNLISTEN *|UNLISTEN_ALL|",
        "PREPARE TRANSACTION 'x'|TRANSACTION|",
        "PREPARE transaction AS SELECT 1|PREPARE|transaction",
        "ROLLBACK TO a|ROLLBACK_TO|a",
        "rollback work to savepoint \"A\"|ROLLBACK_TO|A",
        "ROLLBACK TRANSACTION TO savepoint|ROLLBACK_TO|savepoint",
        "ROLLBACK AND CHAIN|TRANSACTION|",
        "SAVEPOINT A|SAVEPOINT|a",
        "SAVEPOINT savepoint|SAVEPOINT|savepoint",
        "RELEASE SAVEPOINT a|RELEASE|a",
        "RELEASE a|RELEASE|a",
        "RELEASE savepoint|RELEASE|savepoint",
        "CREATE TRIGGER t AFTER INSERT ON x EXECUTE FUNCTION f()|OTHER|",
        "SELECT 'EXECUTE p'|OTHER|",
      })
  void commandsAreRecognised(String text, Kind kind, String name) {
    List<SqlCommand> commands = of(text);

    assertThat(commands).hasSize(1);
    assertThat(commands.get(0).kind()).isEqualTo(kind);
    assertThat(commands.get(0).name()).isEqualTo(name == null ? "" : name);
  }

  @Test
  void aSemicolonEndsACommandOnlyWhereItIsOne() {
    assertThat(kinds("SELECT ';'; LISTEN a;; EXECUTE b;"))
        .containsExactly(Kind.OTHER, Kind.LISTEN, Kind.EXECUTE);
    assertThat(kinds("SELECT \";\", E'\\';', $$;$$, $a$;$$;$a$ /* ; */ -- ;\n; LISTEN a"))
        .containsExactly(Kind.OTHER, Kind.LISTEN);
    assertThat(kinds("CREATE RULE r AS ON INSERT TO t DO (LISTEN a; LISTEN b); LISTEN c"))
        .containsExactly(Kind.OTHER, Kind.LISTEN);
    assertThat(
            kinds(
                "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC"
                    + " SELECT CASE WHEN true THEN 1 END; SELECT 2; END; LISTEN c"))
        .containsExactly(Kind.OTHER, Kind.LISTEN);
    assertThat(kinds("SELECT a$b$c; LISTEN x")).containsExactly(Kind.OTHER, Kind.LISTEN);
    assertThat(kinds("SELECT $1; LISTEN x")).containsExactly(Kind.OTHER, Kind.LISTEN);
    assertThat(kinds("-- first;\nEXPLAIN EXECUTE p")).containsExactly(Kind.EXECUTE);
    assertThat(kinds("")).isEmpty();
    assertThat(kinds(" ; -- nothing")).isEmpty();
  }

  @Test
  void aBackslashEscapesOnlyWhereItDoesAtTheServer() {
    String text = "SELECT 'a\\'; LISTEN x; SELECT ''";

    assertThat(SqlText.commands(text, false)).hasSize(3);
    assertThat(SqlText.commands("SELECT 'a\\'; LISTEN x; --'", true)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 'a", "SELECT \"a", "/* a", "SELECT $x$ a $y$", "SELECT E'\\'"})
  void whatDoesNotEndMayLeaveAnything(String text) {
    assertThat(leaves(text)).containsExactly("a query that cannot be looked at");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET work_mem = '1MB'|SET work_mem",
        "SET SESSION my.Var TO 1|SET my.var",
        "SET TIME ZONE 'UTC'|SET timezone",
        "SET NAMES 'latin1'|SET client_encoding",
        "SET ROLE app|SET ROLE",
        "SET SESSION AUTHORIZATION app|SET SESSION AUTHORIZATION",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY|SET session characteristics",
        "SELECT pg_catalog.set_config('Search_Path', '', false)|SET search_path",
        "SELECT set_config($1, $2, $3)|SET something",
        "CREATE TEMP TABLE t(x int)|a temporary object",
        "CREATE OR REPLACE TEMPORARY VIEW v AS SELECT 1|a temporary object",
        "CREATE TABLE pg_temp.t(x int)|a temporary object",
        "SELECT 1 INTO TEMP t|a temporary object",
        "SELECT pg_advisory_lock(1, -2)|an advisory lock 1,-2",
        "SELECT pg_try_advisory_lock_shared($1)|an advisory lock",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1|a cursor WITH HOLD c",
        "LISTEN a|LISTEN a",
        "PREPARE a AS SELECT 1|PREPARE a",
      })
  void whatACommandLeavesBehindIsNamed(String text, String left) {
    assertThat(leaves(text)).containsExactly(left);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET LOCAL work_mem = '1MB'",
        "SET TRANSACTION READ ONLY",
        "SET CONSTRAINTS ALL DEFERRED",
        "SET work_mem TO DEFAULT",
        "RESET ALL",
        "SELECT set_config('a.b', 'c', true)",
        "CREATE TEMP TABLE t(x int) ON COMMIT DROP",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT 'pg_advisory_lock(1)'",
        "DECLARE c CURSOR FOR SELECT 1",
        "INSERT INTO temp VALUES (1)",
        "NOTIFY a",
        "COPY t FROM STDIN",
      })
  void otherCommandsLeaveNothingBehind(String text) {
    assertThat(leaves(text)).isEmpty();
  }

  @Test
  void cleaningIsRecognised() {
    assertThat(of("RESET ALL").get(0).cleans()).hasToString("[SET]");
    assertThat(of("RESET work_mem").get(0).cleans()).hasToString("[SET work_mem]");
    assertThat(of("CLOSE ALL").get(0).cleans()).hasToString("[a cursor WITH HOLD]");
    assertThat(of("SELECT pg_advisory_unlock(7)").get(0).cleans())
        .hasToString("[an advisory lock 7]");
    assertThat(of("SELECT pg_advisory_unlock($1)").get(0).cleans()).isEmpty();
    assertThat(of("DISCARD ALL").get(0).cleans()).hasSize(SessionTrace.Kind.values().length);
  }

  @Test
  void aNameIsFoundWhereItStands() {
    String text = "SELECT 1; PREPARE \"x\" (int) AS SELECT $1 ;";
    SqlCommand prepare = of(text).get(1);

    assertThat(text.substring(prepare.nameFrom(), prepare.nameTo())).isEqualTo("\"x\"");
    assertThat(text.substring(prepare.from(), prepare.nameFrom())).isEqualTo("PREPARE ");
    assertThat(text.substring(prepare.nameTo(), prepare.to())).isEqualTo(" (int) AS SELECT $1 ");
  }

  @Test
  void noTextBreaksIt() {
    SplittableRandom random = new SplittableRandom(7);
    String[] parts = {
      "'",
      "\"",
      "$",
      "$a$",
      "/*",
      "*/",
      "--",
      "\n",
      ";",
      "(",
      ")",
      "\\",
      "E'",
      "u&\"",
      "set",
      " ",
      "prepare",
      "a",
      "as",
      "create",
      "function",
      "begin",
      "end",
      "set_config(",
      ",",
      "true",
      "unlisten",
      "*",
      "declare",
      "close",
      "pg_advisory_lock(",
      "1",
      ".",
      "reset",
      "deallocate"
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        text.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
      }
      int last = 0;
      for (SqlCommand command : SqlText.commands(text.toString(), random.nextBoolean())) {
        assertThat(command.from()).isGreaterThanOrEqualTo(last);
        assertThat(command.nameTo()).isBetween(command.nameFrom(), command.to());
        last = command.to();
      }
    }
  }
}
