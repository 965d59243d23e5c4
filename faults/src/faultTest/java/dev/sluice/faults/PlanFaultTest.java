package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 28: what the server had prepared is no longer what the driver believes. */
class PlanFaultTest extends FaultTest {
  private static final String QUERY = "SELECT * FROM p28 WHERE n > ?";

  private static Rig rig() throws SQLException {
    Rig rig = Rig.postgres(b -> b.maxSize(1).driverProperty("prepareThreshold", "1"));
    rig.runStraight("CREATE TABLE p28 (n int)");
    rig.runStraight("INSERT INTO p28 VALUES (1)");
    return rig;
  }

  private static int columns(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setInt(1, 0);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getMetaData().getColumnCount();
      }
    }
  }

  @Test
  void fault28ChangedResultTypeFailsOneTransactionAndKeepsTheConnection() throws Exception {
    try (Rig rig = rig()) {
      try (Connection connection = rig.get()) {
        for (int i = 0; i < 3; i++) {
          assertThat(columns(connection)).isEqualTo(1);
        }
      }
      rig.runStraight("ALTER TABLE p28 ADD m int");

      try (Connection connection = rig.get()) {
        connection.setAutoCommit(false);
        SQLException e = RestartFaultTest.failureOf(() -> columns(connection));
        assertThat(e.getSQLState()).isEqualTo("0A000");
        assertThat((Throwable) e).hasMessageContaining("cached plan must not change result type");
      }

      try (Connection next = rig.get()) {
        assertThat(columns(next)).as("it is prepared anew").isEqualTo(2);
      }
      assertThat(rig.pool.stats().opened()).as("the same connection").isEqualTo(1);
      assertThat(rig.events.epochs).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DISCARD ALL", "DEALLOCATE ALL"})
  void fault28BorrowerWhoThrowsThePlansAwayHarmsNobody(String sql) throws Exception {
    try (Rig rig = rig()) {
      try (Connection connection = rig.get()) {
        for (int i = 0; i < 3; i++) {
          assertThat(columns(connection)).isEqualTo(1);
        }
        Rig.run(connection, sql);
      }

      try (Connection next = rig.get()) {
        assertThat(columns(next)).isEqualTo(1);
      }
      assertThat(rig.pool.stats().opened()).as("the same connection").isEqualTo(1);
    }
  }
}
