package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which errors end a transaction only because of others that ran at the same time. */
class TransactionConflictsTest {
  @ParameterizedTest
  @CsvSource({
    "OTHER,      40001,     0, true",
    "POSTGRESQL, 40001,     0, true",
    "POSTGRESQL, 40P01,     0, true",
    "POSTGRESQL, 40003,     0, false",
    "POSTGRESQL, 40000,     0, false",
    "POSTGRESQL, 08006,     0, false",
    "POSTGRESQL, 55P03,     0, false",
    "MYSQL,      40001,  1213, true",
    "MYSQL,      HY000,  1205, false",
    "MYSQL,      40000,  3101, true",
    "MARIADB,    HY000,  1020, true",
    "MARIADB,    XA102,  1614, true",
    "SQLSERVER,  40001,  1205, true",
    "SQLSERVER,  S0005,  3960, true",
    "SQLSERVER,  S0002, 41302, true",
    "ORACLE,     61000,    60, true",
    "ORACLE,     72000,  8177, true",
    "ORACLE,     42000,     1, false",
    "DB2,        40001,  -911, true",
    "H2,         40001, 40001, true",
    "H2,         90131, 90131, true",
    "H2,         HYT00, 50200, false",
    "DERBY,      40001,     0, true",
    "OTHER,      HY000,  1213, false"
  })
  void eachDatabaseHasItsOwn(Dialect dialect, String state, int code, boolean conflict) {
    SQLException error = new SQLException("it says so", state, code);

    assertThat(TransactionConflicts.isIn(error, dialect)).isEqualTo(conflict);
  }

  @Test
  void oneThatIsWrappedOrChainedIsFound() {
    SQLException deadlock = new SQLException("deadlock", "40P01");
    BatchUpdateException batch = new BatchUpdateException();
    batch.setNextException(deadlock);

    assertThat(
            TransactionConflicts.isIn(
                new IllegalStateException(new ExecutionException(deadlock)), Dialect.POSTGRESQL))
        .isTrue();
    assertThat(TransactionConflicts.isIn(batch, Dialect.POSTGRESQL)).isTrue();
    assertThat(TransactionConflicts.isIn(new IllegalStateException("mine"), Dialect.POSTGRESQL))
        .isFalse();
  }
}
