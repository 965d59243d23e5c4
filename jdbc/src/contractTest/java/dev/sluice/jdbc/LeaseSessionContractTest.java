package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roles, schemas, client info and variables of one lease, on real servers. */
class LeaseSessionContractTest {
  private static final String SEEN =
      "SELECT current_user || '|' || current_setting('search_path') || '|'"
          + " || coalesce(current_setting('app.tenant', true), '') || '|'"
          + " || current_setting('application_name')";

  private static final SessionState A =
      SessionState.NONE
          .withRole("sluice_a")
          .withSchema("a", "public")
          .withVariable("app.tenant", "a")
          .withClientInfo("ApplicationName", "for a");

  private static final SessionState B =
      SessionState.NONE.withRole("sluice_b").withVariable("app.tenant", "b");

  private static final int LEASES = 60;

  private TestDatabase postgres;

  @BeforeEach
  void makeRoles() throws SQLException {
    postgres = RealDatabase.POSTGRESQL.create();
    try (Connection admin = postgres.connect()) {
      run(admin, "DROP ROLE IF EXISTS sluice_a");
      run(admin, "DROP ROLE IF EXISTS sluice_b");
      run(admin, "CREATE ROLE sluice_a");
      run(admin, "CREATE ROLE sluice_b");
      run(admin, "CREATE SCHEMA a");
    }
  }

  @AfterEach
  void dropRoles() throws SQLException {
    try (Connection admin = postgres.connect()) {
      run(admin, "DROP ROLE sluice_a");
      run(admin, "DROP ROLE sluice_b");
    }
    postgres.close();
  }

  private static AcquireOptions in(SessionState state) {
    return AcquireOptions.DEFAULT.withSession(state);
  }

  private static String seen(Connection connection) throws SQLException {
    return text(connection, SEEN);
  }

  @Test
  void eachLeaseSeesItsOwnStateAndAPlainOneNone() throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      String plain = withPlain(ds);

      assertThat(withState(ds, A)).isEqualTo("sluice_a|\"a\", \"public\"|a|for a");
      assertThat(withState(ds, B))
          .isEqualTo("sluice_b" + plain.substring(plain.indexOf('|')).replace("||", "|b|"));
      assertThat(withPlain(ds)).isEqualTo(plain);
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  private static String withPlain(SluiceDataSource ds) throws SQLException {
    try (Connection connection = ds.getConnection()) {
      return seen(connection);
    }
  }

  private static String withState(SluiceDataSource ds, SessionState state) throws SQLException {
    try (Connection connection = ds.getConnection(in(state))) {
      return seen(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET ROLE sluice_b",
        "RESET ROLE",
        "SELECT set_config('app.tenant', 'other', false)",
        "SET search_path = pg_catalog",
        "DISCARD ALL",
        "DO $$ BEGIN SET app.tenant = 'other'; END $$"
      })
  void whatTheBorrowerChangesBySqlIsUndoneToo(String sql) throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      String plain = withPlain(ds);
      String own = withState(ds, A);

      try (Connection connection = ds.getConnection(in(A))) {
        run(connection, sql);
      }
      String next = withState(ds, A);
      try (Connection connection = ds.getConnection(in(A))) {
        run(connection, sql);
      }

      assertThat(next).isEqualTo(own);
      assertThat(withPlain(ds)).isEqualTo(plain);
    }
  }

  @Test
  void nothingLeaksAfterAFailedTransaction() throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      String plain = withPlain(ds);

      try (Connection connection = ds.getConnection(in(A))) {
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> run(connection, "SELECT nothing"))
            .isInstanceOf(SQLException.class);
      }

      assertThat(withPlain(ds)).isEqualTo(plain);
      assertThat(withState(ds, A)).startsWith("sluice_a|");
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsRolledBackOrLeaksWhereAutoCommitIsOff() throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).autoCommit(false).build()) {
      String plain = withPlain(ds);

      try (Connection connection = ds.getConnection(in(A))) {
        connection.rollback();
        assertThat(seen(connection)).startsWith("sluice_a|");
        connection.rollback();
        assertThat(seen(connection)).startsWith("sluice_a|");
      }

      assertThat(withPlain(ds)).isEqualTo(plain);
      assertThat(withPlain(ds)).isEqualTo(plain);
    }
  }

  @Test
  void leaseThatIsCutTakesItsStateAlong() throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      String plain = withPlain(ds);

      Connection cut = ds.getConnection(in(A));
      assertThat(ds.evictAll()).hasSize(1);

      assertThat(cut.isClosed()).isTrue();
      assertThat(withPlain(ds)).isEqualTo(plain);
    }
  }

  @Test
  void manyBorrowersOfFewConnectionsNeverSeeEachOthersState() throws Exception {
    List<SessionState> states =
        List.of(
            SessionState.NONE,
            A,
            B,
            SessionState.NONE.withVariable("app.tenant", "c"),
            SessionState.NONE.withSchema("a"));
    try (SluiceDataSource ds = RealDatabase.pool(postgres).maxSize(3).build()) {
      List<String> expected = new ArrayList<>();
      for (SessionState state : states) {
        expected.add(withState(ds, state));
      }
      ExecutorService threads = Executors.newFixedThreadPool(6);
      try {
        List<Callable<Integer>> borrowers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          Random random = new Random(i);
          borrowers.add(() -> borrow(ds, states, expected, random));
        }
        for (Future<Integer> borrower : threads.invokeAll(borrowers, 90, TimeUnit.SECONDS)) {
          assertThat(borrower.get()).isEqualTo(LEASES);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static int borrow(
      SluiceDataSource ds, List<SessionState> states, List<String> expected, Random random)
      throws Exception {
    for (int i = 0; i < LEASES; i++) {
      int which = random.nextInt(states.size());
      AcquireOptions options = in(states.get(which));
      boolean later = random.nextInt(4) == 0;
      try (Connection connection =
          later ? ds.getConnectionAsync(options).get() : ds.getConnection(options)) {
        assertThat(seen(connection)).isEqualTo(expected.get(which));
        if (!states.get(which).isNone()) { // what a plain lease sets by SQL stays, under FAST
          misbehave(connection, states.get(which), random.nextInt(6));
        }
      }
    }
    return LEASES;
  }

  /** Leaves the session as a careless borrower does. */
  private static void misbehave(Connection connection, SessionState state, int how)
      throws SQLException {
    boolean hasTenant = state.parts().containsKey(SessionPart.variable("app.tenant"));
    switch (how) {
      case 0 -> run(connection, hasTenant ? "SET app.tenant = 'mine'" : "SET ROLE sluice_b");
      case 1 -> run(connection, "RESET ROLE");
      case 2 -> connection.setAutoCommit(false);
      case 3 -> {
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> run(connection, "SELECT nothing"))
            .isInstanceOf(SQLException.class);
      }
      case 4 -> connection.setSchema("public");
      default -> assertThat(connection.isValid(10)).isTrue();
    }
  }

  @Test
  void stateThatCannotBeSetIsToldWithTheServersStateAndLeavesNothing() throws SQLException {
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      String plain = withPlain(ds);
      SessionState unknown = A.withRole("nobody at all");

      assertThatThrownBy(() -> ds.getConnection(in(unknown)))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"))
          .hasMessageContaining("nobody at all");

      assertThat(ds.stats().active()).isZero();
      assertThat(withPlain(ds)).isEqualTo(plain);
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void namesAndValuesAreNeverSql() throws SQLException {
    String evil = "x'; DROP SCHEMA a CASCADE; --\"\\`";
    try (Connection admin = postgres.connect()) {
      run(admin, "CREATE ROLE " + Identifiers.quoted(evil, '"'));
    }
    SessionState state =
        SessionState.NONE
            .withRole(evil)
            .withSchema(evil, "a")
            .withVariable("app.tenant", evil)
            .withClientInfo("ApplicationName", evil);
    try (SluiceDataSource ds = RealDatabase.pool(postgres).build()) {
      try (Connection connection = ds.getConnection(in(state))) {
        assertThat(text(connection, "SELECT current_user")).isEqualTo(evil);
        assertThat(text(connection, "SELECT current_setting('app.tenant')")).isEqualTo(evil);
        assertThat(text(connection, "SELECT current_setting('application_name')")).isEqualTo(evil);
        assertThat(text(connection, "SELECT current_setting('search_path')"))
            .isEqualTo(Identifiers.quoted(evil, '"') + ", \"a\"");
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = 'a'"))
            .isEqualTo("1");
      }
    } finally {
      try (Connection admin = postgres.connect()) {
        run(admin, "DROP ROLE " + Identifiers.quoted(evil, '"'));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RealDatabase.class,
      names = {"MARIADB", "MYSQL"})
  void mariaDbSetsRoleDatabaseAndVariables(RealDatabase kind) throws SQLException {
    String seen =
        "SELECT CONCAT_WS('|', COALESCE(CURRENT_ROLE(), '-'), DATABASE(), COALESCE(@`tenant`, '-'),"
            + " @@SESSION.group_concat_max_len, @@SESSION.lc_time_names)";
    String evil = "x'; DROP TABLE t; -- \\'`";
    try (TestDatabase database = kind.create()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE DATABASE IF NOT EXISTS sluice_tenant");
        run(admin, "CREATE ROLE IF NOT EXISTS `sluice``role`");
      }
      SessionState state =
          SessionState.NONE
              .withRole("sluice`role")
              .withSchema("sluice_tenant")
              .withVariable("@tenant", evil)
              .withVariable("group_concat_max_len", "4321")
              .withVariable("lc_time_names", "de_DE");
      try (SluiceDataSource ds = RealDatabase.pool(database).build()) {
        String plain = query(ds, AcquireOptions.DEFAULT, seen);

        String inState = query(ds, in(state), seen);
        String again = query(ds, in(state), seen);
        String roleAlone = query(ds, in(SessionState.NONE.withRole("sluice`role")), seen);

        assertThat(inState).isEqualTo("sluice`role|sluice_tenant|" + evil + "|4321|de_DE");
        assertThat(again).isEqualTo(inState);
        assertThat(roleAlone).isEqualTo("sluice`role" + plain.substring(plain.indexOf('|')));
        assertThat(query(ds, AcquireOptions.DEFAULT, seen)).isEqualTo(plain);
        assertThat(ds.stats().opened()).isEqualTo(1);
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP DATABASE sluice_tenant");
          run(admin, "DROP ROLE `sluice``role`");
        }
      }
    }
  }

  @Test
  void borrowersVariableOnMariaDbIsUndoneToo() throws SQLException {
    String tenant = "SELECT COALESCE(@`tenant`, '-')";
    try (TestDatabase database = RealDatabase.MARIADB.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      SessionState state = SessionState.NONE.withVariable("@tenant", "7");
      try (Connection connection = ds.getConnection(in(state))) {
        text(connection, "SELECT @tenant := 8");
      }

      assertThat(query(ds, in(state), tenant)).isEqualTo("7");
      assertThat(query(ds, AcquireOptions.DEFAULT, tenant)).isEqualTo("-");
    }
  }

  private static String query(SluiceDataSource ds, AcquireOptions options, String sql)
      throws SQLException {
    try (Connection connection = ds.getConnection(options)) {
      return text(connection, sql);
    }
  }

  @Test
  void h2SetsASchemaAndHasNoRoles() throws SQLException {
    try (TestDatabase database = RealDatabase.H2.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE SCHEMA TENANT");
      }

      assertThat(query(ds, in(SessionState.NONE.withSchema("TENANT")), "SELECT SCHEMA()"))
          .isEqualTo("TENANT");
      assertThat(query(ds, AcquireOptions.DEFAULT, "SELECT SCHEMA()")).isEqualTo("PUBLIC");
      assertThatThrownBy(() -> ds.getConnection(in(SessionState.NONE.withRole("r"))))
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("no role");
      assertThat(ds.stats().active()).isZero();
    }
  }
}
