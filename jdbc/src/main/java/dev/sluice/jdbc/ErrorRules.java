package dev.sluice.jdbc;

import static dev.sluice.jdbc.ErrorClassifier.Verdict.CHECK;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.EVICT;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.EVICT_ALL;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.KEEP;
import static dev.sluice.jdbc.ErrorClassifier.Verdict.REPLACE_ALL;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Tables of what each database's errors mean for the connection that got them. The first rule that
 * matches an exception decides. Of an exception and those chained to it, the most severe verdict
 * counts. Codes that say nothing about the connection are in no table.
 */
final class ErrorRules {
  /** How many exceptions of a chain are checked. */
  private static final int CHAIN_MAX = 16;

  private record Rule(Verdict verdict, Predicate<SQLException> fits) {}

  /** SQLSTATEs, or the beginnings of some. */
  private static Rule states(Verdict verdict, String... states) {
    return new Rule(
        verdict,
        e -> {
          String state = e.getSQLState();
          return state != null && Arrays.stream(states).anyMatch(state::startsWith);
        });
  }

  /** The vendor's codes. */
  private static Rule codes(Verdict verdict, int... codes) {
    return new Rule(verdict, e -> Arrays.stream(codes).anyMatch(code -> code == e.getErrorCode()));
  }

  /** A vendor's code with several meanings, which a word of the message distinguishes. */
  private static Rule codeSaying(Verdict verdict, int code, String... words) {
    return new Rule(
        verdict,
        e -> {
          String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
          return e.getErrorCode() == code && Arrays.stream(words).anyMatch(message::contains);
        });
  }

  private static Rule type(Verdict verdict, Class<? extends SQLException> type) {
    return new Rule(verdict, type::isInstance);
  }

  private static Rule cause(Verdict verdict, Class<? extends Throwable> type) {
    return new Rule(
        verdict,
        e -> {
          Throwable cause = e.getCause();
          for (int i = 0; cause != null && i < CHAIN_MAX; i++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
              return true;
            }
          }
          return false;
        });
  }

  /** Rules that come before every database's own. */
  private static final List<Rule> FIRST =
      List.of(
          // A feature that is missing, or PostgreSQL's "cached plan must not change result type".
          states(KEEP, "0A000"),
          type(KEEP, SQLFeatureNotSupportedException.class),
          // The statement took too long; the connection still answers.
          type(KEEP, SQLTimeoutException.class));

  private static final List<Rule> POSTGRESQL =
      List.of(
          // Shut down by the administrator, crashed, starting up.
          states(EVICT_ALL, "57P01", "57P02", "57P03"),
          // The database was dropped; the session timed out, idle or in a transaction.
          states(EVICT, "57P04", "57P05", "25P03", "25P04"),
          states(REPLACE_ALL, "25006"));

  private static final List<Rule> MYSQL_AND_MARIADB =
      List.of(
          // The server runs read-only; 1290 is also about other options of the server.
          codeSaying(REPLACE_ALL, 1290, "read-only", "read_only"),
          codes(REPLACE_ALL, 1792, 1836),
          // Shutting down.
          codes(EVICT_ALL, 1053, 1077, 1079),
          // Gone away, lost during a query, at another place.
          codes(EVICT_ALL, 2006, 2013, 2055),
          // Closed by force, aborted, killed, idle for too long; broken on the network.
          codes(EVICT, 1080, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184),
          codes(EVICT, 1927, 3169, 4031),
          // The query was interrupted, or took longer than allowed.
          codes(KEEP, 1317, 3024, 1969));

  private static final List<Rule> ORACLE =
      List.of(
          // A closed statement or result set, though thrown as a recoverable exception.
          codes(KEEP, 17009, 17010, 17283),
          // Open for reading only; a switchover is under way.
          codes(REPLACE_ALL, 16000, 16456),
          // Starting, shutting down, not available, instance terminated, listener gone.
          codes(EVICT_ALL, 1014, 1033, 1034, 1089, 1090, 1092, 1109, 12514, 12528, 12541),
          // End of file on the channel, connection lost.
          codes(EVICT_ALL, 3113, 3114, 3135, 12537, 12547, 12571, 17002, 17410),
          // Killed, not logged on, idle or connected for too long, protocol out of step.
          codes(EVICT, 28, 1012, 1041, 2396, 2399, 3106, 3111, 3134, 12153, 12583, 12606),
          codes(EVICT, 17008, 17401, 17447, 25408, 27146, 28511),
          codes(CHECK, 600, 7445));

  private static final List<Rule> SQLSERVER =
      List.of(
          // The database is read-only; a secondary that takes no connections, or only readers.
          codes(REPLACE_ALL, 3906, 976, 978, 983),
          // Shutting down, paused; a cloud's database that moves or is busy.
          codes(EVICT_ALL, 6005, 6006, 17142, 40143, 40197, 40613),
          // Broken on the network, session killed.
          codes(EVICT, 64, 233, 596, 10053, 10054, 10060, 10928, 40501));

  private static final List<Rule> DB2 =
      List.of(
          // Rerouted to another server: the transaction is gone, the connection is not.
          states(KEEP, "08506"),
          codes(KEEP, -30108, -4498),
          // A standby.
          codes(REPLACE_ALL, -1773, -1776),
          codes(EVICT_ALL, -30081, -30080, -1224, -4499),
          codes(EVICT, -900, -1024, -30020, -99999));

  private static final List<Rule> H2 =
      List.of(
          // The connection is broken; the database was closed, or is about to be.
          codes(EVICT, 90067), codes(EVICT_ALL, 90098, 90121), codes(CHECK, 90108));

  /** Rules that come after every database's own, from JDBC and SQL themselves. */
  private static final List<Rule> LAST =
      List.of(
          // Unable to connect, connection failure, communication link failure.
          states(EVICT_ALL, "08001", "08006", "08S01"),
          states(EVICT, "08", "01002", "JZ0C0", "JZ0C1"),
          // Databases that speak PostgreSQL's or MySQL's protocol under other names.
          states(EVICT_ALL, "57P01", "57P02", "57P03"),
          states(REPLACE_ALL, "25006"),
          type(EVICT, SQLRecoverableException.class),
          type(EVICT, SQLNonTransientConnectionException.class),
          type(EVICT, SQLTransientConnectionException.class),
          // It may come from the network, or from a stream that the borrower passed in.
          cause(CHECK, IOException.class));

  private final Dialect dialect;
  private final List<Rule> rules;

  private ErrorRules(Dialect dialect, List<Rule> own) {
    this.dialect = dialect;
    List<Rule> all = new ArrayList<>(FIRST);
    all.addAll(own);
    all.addAll(LAST);
    this.rules = List.copyOf(all);
  }

  /** The rules for a database. */
  static ErrorRules of(Dialect dialect) {
    return new ErrorRules(
        dialect,
        switch (dialect) {
          case POSTGRESQL -> POSTGRESQL;
          case MYSQL, MARIADB -> MYSQL_AND_MARIADB;
          case ORACLE -> ORACLE;
          case SQLSERVER -> SQLSERVER;
          case DB2 -> DB2;
          case H2 -> H2;
          case DERBY, HSQLDB, SQLITE, DUCKDB, OTHER -> List.of();
        });
  }

  /** Judges an exception and those chained to it. */
  Verdict judge(SQLException error) {
    Verdict hardest = KEEP;
    SQLException e = error;
    for (int i = 0; e != null && i < CHAIN_MAX; i++) {
      hardest = harder(hardest, single(e));
      if (e.getCause() instanceof SQLException cause) {
        hardest = harder(hardest, single(cause));
      }
      e = e.getNextException();
    }
    return hardest;
  }

  /**
   * Returns whether the error proves its verdict because the driver itself found it. An error from
   * the server may be a borrower's own mistake, so the pool must check the connection.
   */
  boolean proves(SQLException error) {
    SQLException e = error;
    for (int i = 0; e != null && i < CHAIN_MAX; i++) {
      if (isProof(e) || (e.getCause() instanceof SQLException cause && isProof(cause))) {
        return true;
      }
      e = e.getNextException();
    }
    return false;
  }

  private boolean isProof(SQLException e) {
    return single(e).condemns() && ErrorOrigin.isDriver(e, dialect);
  }

  private Verdict single(SQLException e) {
    for (Rule rule : rules) {
      if (rule.fits().test(e)) {
        return rule.verdict();
      }
    }
    return KEEP;
  }

  private static Verdict harder(Verdict one, Verdict other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
