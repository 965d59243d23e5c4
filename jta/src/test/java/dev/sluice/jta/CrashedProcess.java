package dev.sluice.jta;

import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * A process that recovers what the one before it left behind, checks it, and dies within a
 * transaction over two databases.
 */
final class CrashedProcess {
  /** How it ends if it died where it should. */
  static final int DIED = 9;

  /** How it ends if the databases are not as they must be. */
  static final int WRONG = 3;

  private static final int SCANS_MAX = 10;

  private final Path log;
  private final List<Place> places = new ArrayList<>();
  private final AtomicInteger step = new AtomicInteger();
  private int deadly = -1;

  /** One of the databases. */
  record Place(String url, String user, String password) {
    XADataSource xa() throws SQLException {
      if (url.startsWith("jdbc:postgresql:")) {
        PGXADataSource source = new PGXADataSource();
        source.setUrl(url);
        return source;
      }
      return new MariaDbDataSource(url);
    }

    List<Integer> notes() throws SQLException {
      List<Integer> ids = new ArrayList<>();
      try (Connection connection = DriverManager.getConnection(url, user, password);
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT id FROM note ORDER BY id")) {
        while (rows.next()) {
          ids.add(rows.getInt(1));
        }
      }
      return ids;
    }

    boolean isInDoubt() throws SQLException {
      String query =
          url.startsWith("jdbc:postgresql:")
              ? "SELECT 1 FROM pg_prepared_xacts WHERE database = current_database()"
              : "XA RECOVER";
      try (Connection connection = DriverManager.getConnection(url, user, password);
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        return rows.next();
      }
    }
  }

  private CrashedProcess(String[] arguments) {
    log = Path.of(arguments[0]);
    for (int i = 4; i + 2 < arguments.length; i += 3) {
      places.add(new Place(arguments[i], arguments[i + 1], arguments[i + 2]));
    }
  }

  /**
   * Runs one process.
   *
   * @param arguments the folder of the log; the step to die at, or -1 to end after the check; the
   *     number of the transaction; the numbers that must be there, with commas; and for each
   *     database its URL, user and password
   */
  public static void main(String[] arguments) throws Exception {
    CrashedProcess process = new CrashedProcess(arguments);
    int outcome =
        process.run(
            Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), ids(arguments[3]));
    Runtime.getRuntime().halt(outcome);
  }

  private static List<Integer> ids(String list) {
    List<Integer> ids = new ArrayList<>();
    for (String id : list.split(",", -1)) {
      if (!id.isEmpty()) {
        ids.add(Integer.parseInt(id));
      }
    }
    return ids;
  }

  private int run(int deadlyStep, int number, List<Integer> expected) throws Exception {
    Narayana.configure(log);
    TransactionManager manager = Narayana.manager();
    List<JtaDataSource> sources = new ArrayList<>();
    for (Place place : places) {
      sources.add(source(manager, place));
    }
    recover(sources);
    if (!isAsExpected(expected)) {
      return WRONG;
    }
    if (deadlyStep < 0) {
      return 0;
    }
    deadly = deadlyStep;
    manager.begin();
    for (JtaDataSource source : sources) {
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO note VALUES (" + number + ", 'x')");
      }
    }
    manager.commit();
    return 0; // it had fewer steps
  }

  private JtaDataSource source(TransactionManager manager, Place place) throws SQLException {
    return JtaDataSource.builder(manager, Narayana.registry())
        .xaDataSource(((Tap) this::at).on(place.xa()))
        .pool(pool -> pool.maxSize(2).user(place.user()).password(place.password()))
        .build();
  }

  private void at(String call, boolean before) throws XAException {
    if (deadly >= 0 && CrashTest.STEPS.contains(call) && step.getAndIncrement() == deadly) {
      Runtime.getRuntime().halt(DIED);
    }
  }

  private void recover(List<JtaDataSource> sources) throws SQLException {
    for (int scans = 0; scans == 0 || (isInDoubt() && scans < SCANS_MAX); scans++) {
      Narayana.recover(sources.toArray(new JtaDataSource[0]));
    }
  }

  private boolean isInDoubt() throws SQLException {
    for (Place place : places) {
      if (place.isInDoubt()) {
        return true;
      }
    }
    return false;
  }

  private boolean isAsExpected(List<Integer> expected) throws SQLException {
    boolean right = !isInDoubt();
    for (Place place : places) {
      List<Integer> notes = place.notes();
      System.out.println(place.url() + " has " + notes + ", expected " + expected);
      right &= notes.equals(expected);
    }
    System.out.println("in doubt: " + isInDoubt());
    return right;
  }
}
