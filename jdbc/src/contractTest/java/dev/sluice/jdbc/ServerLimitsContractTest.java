package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real servers allow is compared with what the pools may open. */
class ServerLimitsContractTest {
  private static final AtomicInteger USERS = new AtomicInteger();

  /** The warning of a pool that has used a connection once. */
  private static String warning(TestDatabase database, UnaryOperator<SluiceBuilder> more)
      throws SQLException {
    try (JdbcLog log = new JdbcLog();
        SluiceDataSource ds = more.apply(RealDatabase.pool(database)).build()) {
      ds.getConnection().close();
      Eventually.await(() -> find(log) != null, "the warning is logged");
      assertThat(ds.stats().opened()).isEqualTo(1);
      return find(log);
    }
  }

  private static String find(JdbcLog log) {
    return log.records.stream()
        .map(LogRecord::getMessage)
        .filter(text -> text.contains("expectedInstances"))
        .findFirst()
        .orElse(null);
  }

  private static String nextUser() {
    return "limited" + USERS.incrementAndGet();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL"})
  void poolsOfAllInstancesAreComparedWithTheServersLimit(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create()) {
      assertThat(warning(database, b -> b.maxSize(20).expectedInstances(100)))
          .startsWith("pool 'contract': maxSize 20 × expectedInstances 100 = 2000 connections, but")
          .contains("(max_connections ")
          .contains("Set maxSize to ");
    }
  }

  @Test
  void limitOfARoleOfPostgresqlCounts() throws SQLException {
    String user = nextUser();
    try (TestDatabase database = Databases.postgres()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE ROLE " + user + " LOGIN PASSWORD 'pw' CONNECTION LIMIT 7");
      }
      try {
        assertThat(
                warning(database, b -> b.user(user).password("pw").maxSize(4).expectedInstances(2)))
            .contains("4 × expectedInstances 2 = 8 connections")
            .contains("the server allows 7 to the role " + user + " (rolconnlimit)")
            .contains("Set maxSize to 3 or less")
            .contains("ALTER ROLE");
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP ROLE " + user);
        }
      }
    }
  }

  @Test
  void limitOfADatabaseOfPostgresqlCounts() throws SQLException {
    String user = nextUser();
    try (TestDatabase database = Databases.postgres()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE ROLE " + user + " LOGIN PASSWORD 'pw' CONNECTION LIMIT 50");
        run(admin, "ALTER DATABASE " + database.name() + " CONNECTION LIMIT 3");
      }
      try {
        assertThat(
                warning(database, b -> b.user(user).password("pw").maxSize(2).expectedInstances(5)))
            .contains("allows 3 to the database " + database.name() + " (datconnlimit)")
            .contains("Run 3 instances or fewer");
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP ROLE " + user);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "MYSQL"})
  void limitOfAnAccountOfMariaDbCounts(RealDatabase kind) throws SQLException {
    String user = nextUser();
    try (TestDatabase database = kind.create()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE USER " + user + " IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 5");
        run(admin, "GRANT ALL ON " + database.name() + ".* TO " + user);
      }
      try {
        assertThat(warning(database, b -> b.user(user).password("pw").maxSize(6)))
            .contains("6 × expectedInstances 1 = 6 connections")
            .contains("the server allows 5 to the user " + user)
            .contains("(max_user_connections)");
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP USER " + user);
        }
      }
    }
  }

  @Test
  void connectionWithAutoCommitOffIsCleanAfterTheQuestion() throws SQLException {
    try (TestDatabase database = Databases.postgres();
        JdbcLog log = new JdbcLog();
        SluiceDataSource ds =
            RealDatabase.pool(database).autoCommit(false).expectedInstances(400).build()) {
      ds.getConnection().close();
      Eventually.await(() -> find(log) != null, "the warning is logged");

      try (Connection connection = ds.getConnection()) {
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE); // not inside one
        assertThat(RealDatabase.text(connection, "SELECT 1")).isEqualTo("1");
        connection.rollback();
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }
}
