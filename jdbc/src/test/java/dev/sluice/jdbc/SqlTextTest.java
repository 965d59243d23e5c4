package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SQL is shown without the values in it. */
class SqlTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SELECT 1                                    | SELECT ?
          SELECT a1, b FROM t2 WHERE c = 3.5e7        | SELECT a1, b FROM t2 WHERE c = ?
          SELECT 'secret'                             | SELECT ?
          SELECT 'it''s secret' , 'more'              | SELECT ? , ?
          SELECT 'secret                              | SELECT ?
          SELECT "secret"                             | SELECT ?
          SELECT E'sec\\'ret' FROM t                   | SELECT E?…
          SELECT 'a\\' , 'secret'                      | SELECT ?…
          SELECT $$secret$$ , $1                      | SELECT ? , $1
          SELECT $t$secret $$ x$t$ FROM u             | SELECT ? FROM u
          SELECT $t$secret                            | SELECT ?
          SELECT /* secret */ a -- secret             | SELECT a
          SELECT a /* secret                          | SELECT a
          SELECT x'deadbeef', 0xdeadbeef              | SELECT x?, ?
          UPDATE t SET a=-5,b=+6.25                   | UPDATE t SET a=-?,b=+?
          SELECT a.b1, t$1 FROM s.t                   | SELECT a.b1, t$1 FROM s.t
          INSERT INTO t VALUES (?, ?)                 | INSERT INTO t VALUES (?, ?)
          """)
  void literalsAndCommentsAreMasked(String sql, String shown) {
    assertThat(SqlText.masked(sql)).isEqualTo(shown);
  }

  @Test
  void isShortAndOnOneLine() {
    String shown = SqlText.masked("SELECT\n\t a,\r\n" + "column, ".repeat(1000));

    assertThat(shown).hasSize(SqlText.LENGTH_MAX).startsWith("SELECT a, column").endsWith("…");
  }

  @Test
  void looksAtNoMoreThanItShows() {
    String huge = "SELECT " + "x".repeat(10_000_000);

    assertThat(SqlText.masked(huge)).hasSize(SqlText.LENGTH_MAX);
  }
}
