package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.sql.SqlEffect;
import org.junit.jupiter.api.Test;

/** Where databases differ. */
class DialectTest {
  @Test
  void commitEndsOnlyTheInnermostTransactionOfSqlServer() {
    assertThat(Dialect.SQLSERVER.effectOf("COMMIT TRAN")).isEqualTo(SqlEffect.NONE);
    assertThat(Dialect.POSTGRESQL.effectOf("COMMIT")).isEqualTo(SqlEffect.ENDS);
  }
}
