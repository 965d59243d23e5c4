package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.RetryPolicy;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.TransactionOptions;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What docs/transactions.md shows. */
class TransactionsTest extends FrameworkTest {
  private SluiceDataSource accounts() throws SQLException {
    SluiceDataSource ds = pool();
    ds.useConnection(
        c -> {
          try (Statement statement = c.createStatement()) {
            statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT)");
            statement.execute("INSERT INTO account VALUES (1, 100)");
            statement.execute("INSERT INTO account VALUES (2, 0)");
          }
        });
    return ds;
  }

  private static int balance(Connection connection, int id) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
      query.setInt(1, id);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private static boolean add(Connection connection, int id, int amount) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setInt(1, amount);
      update.setInt(2, id);
      return update.executeUpdate() == 1;
    }
  }

  @Test
  void transactionHasItsOwnIsolation() throws SQLException {
    SluiceDataSource ds = accounts();

    // tag::transaction[]
    TransactionOptions report =
        TransactionOptions.DEFAULT
            .withIsolation(Connection.TRANSACTION_REPEATABLE_READ)
            .withReadOnly(true)
            .withTimeout(Duration.ofSeconds(5));
    int total = ds.inTransaction(report, c -> balance(c, 1) + balance(c, 2));
    // end::transaction[]

    assertThat(total).isEqualTo(100);
  }

  @Test
  void repeatableWorkIsRetried() throws SQLException {
    SluiceDataSource ds = accounts();

    // tag::retry[]
    TransactionOptions transfer =
        TransactionOptions.DEFAULT
            .withIsolation(Connection.TRANSACTION_SERIALIZABLE)
            .repeatable(RetryPolicy.DEFAULT.withMaxAttempts(10));
    ds.useTransaction(
        transfer,
        c -> {
          add(c, 1, -30);
          add(c, 2, 30);
        });
    // end::retry[]

    assertThat(ds.<Integer, SQLException>withConnection(c -> balance(c, 2))).isEqualTo(30);
  }

  @Test
  void workRunsOnTheCallersExecutor() throws Exception {
    SluiceDataSource ds = accounts();
    ExecutorService executor = Executors.newSingleThreadExecutor();

    // tag::async[]
    CompletableFuture<Integer> balance =
        ds.inTransactionAsync(TransactionOptions.DEFAULT, c -> balance(c, 1), executor);
    CompletableFuture<String> text = balance.thenApply(amount -> "balance: " + amount);
    // end::async[]

    assertThat(text.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("balance: 100");
    executor.shutdown();
  }

  @Test
  void viewsRetryOrAcquireLate() throws SQLException {
    SluiceDataSource ds = accounts();
    long before = ds.stats().acquired();

    // tag::views[]
    DataSource patient = ds.withRetry(RetryPolicy.DEFAULT.withMaxTime(Duration.ofMinutes(1)));
    DataSource lazy = ds.lazy();
    // end::views[]

    patient.getConnection().close();
    try (Connection connection = lazy.getConnection()) {
      connection.setAutoCommit(false);
      connection.commit();
    }
    assertThat(ds.stats().acquired() - before).isEqualTo(1);
  }

  // tag::scope[]
  private static void transfer(SluiceDataSource ds, int amount) throws SQLException {
    ds.scoped(
        c -> {
          int before = balance(c, 1);
          ds.useTransaction(t -> add(t, 1, -amount)); // t is c
          record(ds, "balance before: " + before);
          return null;
        });
  }

  private static void record(SluiceDataSource ds, String entry) throws SQLException {
    ds.scoped(c -> insert(c, entry)); // the caller's connection, or one of its own
  }

  // end::scope[]

  private static boolean insert(Connection connection, String entry) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO journal VALUES (?)")) {
      insert.setString(1, entry);
      return insert.executeUpdate() == 1;
    }
  }

  @Test
  void scopeSharesOneConnection() throws SQLException {
    SluiceDataSource ds = accounts();
    ds.useConnection(
        c -> {
          try (Statement statement = c.createStatement()) {
            statement.execute("CREATE TABLE journal (entry VARCHAR(100))");
          }
        });
    long before = ds.stats().acquired();

    transfer(ds, 30);

    assertThat(ds.stats().acquired() - before).isEqualTo(1);
    assertThat(ds.<Integer, SQLException>withConnection(c -> balance(c, 1))).isEqualTo(70);
  }
}
