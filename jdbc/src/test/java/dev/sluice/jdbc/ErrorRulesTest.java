package dev.sluice.jdbc;

import static dev.sluice.jdbc.ErrorClassifier.Verdict.CHECK;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.EVICT;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.EVICT_ALL;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.KEEP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What errors mean for the connection that got them, database by database. */
class ErrorRulesTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          POSTGRESQL, 57P01,     0, EVICT_ALL
          POSTGRESQL, 57P02,     0, EVICT_ALL
          POSTGRESQL, 57P03,     0, EVICT_ALL
          POSTGRESQL, 57P05,     0, EVICT
          POSTGRESQL, 25P03,     0, EVICT
          POSTGRESQL, 25P04,     0, EVICT
          POSTGRESQL, 25006,     0, REPLACE_ALL
          POSTGRESQL, 08006,     0, EVICT_ALL
          POSTGRESQL, 08003,     0, EVICT
          POSTGRESQL, 08P01,     0, EVICT
          POSTGRESQL, 0A000,     0, KEEP
          POSTGRESQL, 57014,     0, KEEP
          POSTGRESQL, 53300,     0, KEEP
          POSTGRESQL, 23505,     0, KEEP
          POSTGRESQL, 25P02,     0, KEEP
          POSTGRESQL, 40001,     0, KEEP
          POSTGRESQL, 40P01,     0, KEEP
          MYSQL,      HY000,  1836, REPLACE_ALL
          MYSQL,      25006,  1792, REPLACE_ALL
          MYSQL,      08S01,  1053, EVICT_ALL
          MYSQL,      08S01,     0, EVICT_ALL
          MYSQL,      HY000,  4031, EVICT
          MYSQL,      70100,  1317, KEEP
          MYSQL,      HY000,  3024, KEEP
          MYSQL,      40001,  1213, KEEP
          MYSQL,      41000,  1205, KEEP
          MYSQL,      23000,  1062, KEEP
          MARIADB,    70100,  1927, EVICT
          MARIADB,    HY000,  2013, EVICT_ALL
          MARIADB,    70100,  1969, KEEP
          ORACLE,     61000,    60, KEEP
          ORACLE,     61000,    28, EVICT
          ORACLE,     72000, 16000, REPLACE_ALL
          ORACLE,     66000,  3113, EVICT_ALL
          ORACLE,     08006, 17002, EVICT_ALL
          ORACLE,     99999, 17010, KEEP
          ORACLE,     60000,   600, CHECK
          SQLSERVER,  S0001,  3906, REPLACE_ALL
          SQLSERVER,  S0001, 40613, EVICT_ALL
          SQLSERVER,  HY000,   596, EVICT
          SQLSERVER,  40001,  1205, KEEP
          SQLSERVER,  08S01,     0, EVICT_ALL
          DB2,        08001,-30081, EVICT_ALL
          DB2,        08506,-30108, KEEP
          DB2,        57018, -1773, REPLACE_ALL
          H2,         90067, 90067, EVICT
          H2,         90098, 90098, EVICT_ALL
          H2,         57014, 57014, KEEP
          H2,         90007, 90007, KEEP
          DERBY,      08006, 45000, EVICT_ALL
          HSQLDB,     08003, -1305, EVICT
          OTHER,      57P01,     0, EVICT_ALL
          OTHER,      25006,     0, REPLACE_ALL
          OTHER,      01002,     0, EVICT
          OTHER,      JZ0C0,     0, EVICT
          OTHER,      42000,     0, KEEP
          """)
  void stateAndCodeDecide(Dialect dialect, String state, int code, Verdict verdict) {
    SQLException error = new SQLException("told by the server", state, code);

    assertThat(ErrorRules.of(dialect).judge(error)).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The MySQL server is running with the --read-only option so it cannot execute this    | REPLACE_ALL
          The MySQL server is running with the --super-read-only option so it cannot execute   | REPLACE_ALL
          The MariaDB server is running with the --read-only option so it cannot execute this  | REPLACE_ALL
          The MySQL server is running with the --secure-file-priv option so it cannot execute  | KEEP
          The MySQL server is running with the --skip-grant-tables option so it cannot execute | KEEP
          """)
  void code1290MeansReadOnlyOnlyIfItSaysSo(String message, Verdict verdict) {
    SQLException error = new SQLException(message, "HY000", 1290);

    assertThat(ErrorRules.of(Dialect.MYSQL).judge(error)).isEqualTo(verdict);
    assertThat(ErrorRules.of(Dialect.MARIADB).judge(error)).isEqualTo(verdict);
  }

  static Stream<Arguments> types() {
    return Stream.of(
        Arguments.of(new SQLTimeoutException("slow", "08006"), KEEP),
        Arguments.of(new SQLFeatureNotSupportedException("no"), KEEP),
        Arguments.of(new SQLRecoverableException("gone"), EVICT),
        Arguments.of(new SQLNonTransientConnectionException("gone"), EVICT),
        Arguments.of(new SQLTransientConnectionException("gone"), EVICT),
        Arguments.of(new SQLException("io", new SocketException("reset")), CHECK),
        Arguments.of(new SQLException("io", new RuntimeException(new EOFException())), CHECK),
        Arguments.of(new SQLException("io", new IOException("stream")), CHECK),
        Arguments.of(new SQLException("plain"), KEEP));
  }

  @ParameterizedTest
  @MethodSource("types")
  void elseTheTypeDecides(SQLException error, Verdict verdict) {
    assertThat(ErrorRules.of(Dialect.OTHER).judge(error)).isEqualTo(verdict);
  }

  @Test
  void theHardestOfTheChainCounts() {
    BatchUpdateException batch = new BatchUpdateException("batch", "23505", 0, new int[0]);
    batch.setNextException(new SQLException("duplicate", "23505"));
    batch.setNextException(new SQLException("terminated", "57P01"));

    assertThat(ErrorRules.of(Dialect.POSTGRESQL).judge(batch)).isEqualTo(EVICT_ALL);
  }

  @Test
  void aChainThatBitesItsTailEnds() {
    SQLException one = new SQLException("one", "42000");
    SQLException two = new SQLException("two", "42000");
    one.setNextException(two);
    two.setNextException(one);

    assertThat(ErrorRules.of(Dialect.POSTGRESQL).judge(one)).isEqualTo(KEEP);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void whatSaysNothingKeepsTheConnection(Dialect dialect) {
    ErrorRules rules = ErrorRules.of(dialect);

    assertThat(rules.judge(new SQLException())).isEqualTo(KEEP);
    assertThat(rules.judge(new SQLException("0A", "0A000"))).isEqualTo(KEEP);
    assertThat(rules.judge(new SQLTimeoutException("late", "HYT00"))).isEqualTo(KEEP);
  }
}
