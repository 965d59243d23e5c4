package dev.sluice.faults;

import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * What one borrower does wrong, just before it gives its connection back. The pool must bear it,
 * and the next borrower must not notice: not by a row that nobody committed, not by data on its
 * wire that it did not ask for, not by a large object of somebody else's that reads its session.
 */
final class BorrowerMistakes {
  private static final int KINDS = 6;
  private static final String[] BEGINS = {"BEGIN", "/* a comment */ BEGIN", "START TRANSACTION"};
  private static final byte[] ROW = "copied\n".getBytes(StandardCharsets.US_ASCII);

  private final Ledger ledger;
  private final Random random;

  /** Of a lease that has ended. */
  private @Nullable Blob kept;

  BorrowerMistakes(Ledger ledger, Random random) {
    this.ledger = ledger;
    this.random = random;
  }

  /** Makes one of them, at random. */
  void make(Connection connection) throws SQLException {
    ledger.mistakes.increment();
    switch (random.nextInt(KINDS)) {
      case 0 -> writeInReadOnlyTransaction(connection);
      case 1 -> refused(connection, "SELEC 1", "42601");
      case 2 -> leaveCopyIntoTheTableOpen(connection);
      case 3 -> leaveCopyUnread(connection);
      case 4 -> abandonTransaction(connection);
      default -> keepBlob(connection);
    }
  }

  private void writeInReadOnlyTransaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "SET TRANSACTION READ ONLY");
    refused(connection, "UPDATE soak SET n = n + 1 WHERE id = 1", "25006");
  }

  private void refused(Connection connection, String sql, String state) throws SQLException {
    try {
      run(connection, sql);
      ledger.offence(ledger.unexpected, "not refused: " + sql);
    } catch (SQLException e) {
      if (!state.equals(e.getSQLState())) {
        throw e; // a fault's
      }
      ledger.failure("by mistake " + state);
    }
  }

  private static void leaveCopyIntoTheTableOpen(Connection connection) throws SQLException {
    CopyIn copy =
        connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY soak_abandoned FROM STDIN");
    copy.writeToCopy(ROW, 0, ROW.length);
  }

  private static void leaveCopyUnread(Connection connection) throws SQLException {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("COPY (SELECT generate_series(1, 100000)) TO STDOUT")
        .readFromCopy();
  }

  private void abandonTransaction(Connection connection) throws SQLException {
    run(connection, BEGINS[random.nextInt(BEGINS.length)]);
    run(connection, "INSERT INTO soak_abandoned VALUES ('abandoned')");
    if (random.nextBoolean()) {
      run(connection, "SAVEPOINT s");
    }
  }

  private void keepBlob(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT lo_from_bytea(0, '\\x736f616b')")) {
      rows.next();
      kept = rows.getBlob(1);
    }
  }

  /** Reads what was kept of a lease that has ended, which must fail. */
  void useWhatWasKept() {
    Blob stale = kept;
    kept = null;
    if (stale == null) {
      return;
    }
    try {
      byte[] read = stale.getBytes(1, 4);
      ledger.offence(ledger.wrongHolders, "a stale Blob read " + read.length + " bytes");
    } catch (SQLException e) {
      ledger.failure("stale Blob " + e.getSQLState());
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
