package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Branches that fail at each of their calls. The connection goes back only from a sound end. */
class BranchFaultTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database first = Servers.database(Servers.postgres());
  private final Servers.Database second = Servers.database(Servers.postgres());
  private final JtaDataSource sound = fixture.source(first);

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  /** Fails once, before or after a call, with a code of XA; a begin, which is repeated, always. */
  private static final class Failing implements Tap {
    private final String call;
    private final boolean before;
    private final int code;
    private boolean done;

    Failing(String call, boolean before, int code) {
      this.call = call;
      this.before = before;
      this.code = code;
    }

    @Override
    public void at(String called, boolean isBefore) throws XAException {
      if (!done && called.equals(call) && isBefore == before) {
        done = !call.equals("start");
        throw XaCodes.of(code, "injected", null);
      }
    }
  }

  private JtaDataSource failing(String call, boolean before, int code) {
    return fixture.source(second, new Failing(call, before, code));
  }

  private static int sessionOf(JtaDataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return session(connection);
    }
  }

  private void begin(JtaDataSource faulty) throws Exception {
    manager.begin();
    note(sound, 1);
    note(faulty, 1);
  }

  private void assertNothingHappened(JtaDataSource faulty) {
    assertThat(first.notes()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(first.inDoubt()).isZero();
    assertThat(second.inDoubt()).isZero();
    assertThat(active(sound)).isZero();
    assertThat(active(faulty)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void branchThatCannotBeginTakesItsConnectionOutOfThePool(boolean before) throws Exception {
    JtaDataSource faulty = failing("start", before, XAException.XAER_RMERR);
    int session = sessionOf(faulty);
    manager.begin();

    assertThatThrownBy(faulty::getConnection)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25000"));

    manager.rollback();
    assertNothingHappened(faulty);
    assertThat(sessionOf(faulty)).isNotEqualTo(session);
  }

  @Test
  void connectionsThatCannotBeAcquiredLeaveTheTransactionAsItWas() throws Exception {
    JtaDataSource small =
        fixture.source(
            second,
            builder ->
                builder.pool(
                    pool ->
                        Fixture.login(pool, second)
                            .maxSize(1)
                            .acquireTimeout(java.time.Duration.ofMillis(100))));
    try (Connection outside = small.getConnection()) {
      manager.begin();
      note(sound, 1);
      assertThatThrownBy(small::getConnection).isInstanceOf(SQLException.class);
      assertThat(outside.isValid(5)).isTrue();
    }

    note(small, 1);
    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(second.notes()).isEqualTo(1);
    assertThat(active(small)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {XAException.XA_RBROLLBACK, XAException.XAER_RMFAIL, XAException.XAER_RMERR, 0})
  void branchThatCannotEndRollsAllBack(int code) throws Exception {
    JtaDataSource faulty = failing("end", true, code);
    int session = sessionOf(faulty);
    begin(faulty);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertNothingHappened(faulty);
    assertThat(sessionOf(faulty)).as("its connection was replaced").isNotEqualTo(session);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, XAException.XA_RBROLLBACK, XAException.XAER_RMFAIL, XAException.XAER_RMERR})
  void branchThatCannotPrepareRollsAllBack(int code) throws Exception {
    JtaDataSource faulty = failing("prepare", true, code);
    int session = sessionOf(faulty);
    begin(faulty);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertNothingHappened(faulty);
    assertThat(sessionOf(faulty)).as("its connection was replaced").isNotEqualTo(session);
  }

  @Test
  void branchThatWasPreparedWithoutAnAnswerIsRolledBack() throws Exception {
    JtaDataSource faulty = failing("prepare", false, XAException.XAER_RMFAIL);
    begin(faulty);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    Narayana.recover(sound, faulty);
    assertNothingHappened(faulty);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void branchWhoseCommitFailsIsCommittedByRecoveryAndItsConnectionNeverLentAgain(boolean before)
      throws Exception {
    JtaDataSource faulty = failing("commit", before, XAException.XAER_RMFAIL);
    int session = sessionOf(faulty);
    begin(faulty);

    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(active(faulty)).isZero();
    assertThat(sessionOf(faulty)).isNotEqualTo(session);
    Eventually.await(
        () -> {
          Narayana.recover(sound, faulty);
          return second.inDoubt() == 0;
        },
        "recovery commits it");
    assertThat(second.notes()).isEqualTo(1);
  }

  @Test
  void heuristicOutcomeReachesTheCallerAndTheConnectionIsReplaced() throws Exception {
    JtaDataSource faulty = failing("commit", true, XAException.XA_HEURMIX);
    int session = sessionOf(faulty);
    begin(faulty);

    assertThatThrownBy(manager::commit)
        .isInstanceOfAny(HeuristicMixedException.class, HeuristicRollbackException.class);

    assertThat(active(faulty)).isZero();
    assertThat(sessionOf(faulty)).isNotEqualTo(session);
    second.rollBackPrepared();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void branchWhoseRollbackFailsIsRolledBackAllTheSame(boolean before) throws Exception {
    JtaDataSource faulty = failing("rollback", before, XAException.XAER_RMFAIL);
    int session = sessionOf(faulty);
    begin(faulty);

    manager.rollback();

    Eventually.await(() -> active(faulty) == 0, "the lease ends");
    assertThat(sessionOf(faulty)).isNotEqualTo(session);
    assertNothingHappened(faulty);
  }

  @Test
  void connectionThatBreaksWithinTheBranchRollsAllBackAndIsReplaced() throws Exception {
    JtaDataSource other = fixture.source(second);
    manager.begin();
    note(sound, 1);
    try (Connection connection = other.getConnection()) {
      note(connection, 1);
      second.execute("SELECT pg_terminate_backend(" + session(connection) + ")");
      assertThatThrownBy(() -> note(connection, 2)).isInstanceOf(SQLException.class);
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertNothingHappened(other);
    note(other, 3);
    assertThat(second.notes()).isEqualTo(1);
  }

  @Test
  void onlyBranchWhoseConnectionBreaksRollsBackAndTheCallerKnowsIt() throws Exception {
    manager.begin();
    try (Connection connection = sound.getConnection()) {
      note(connection, 1);
      first.execute("SELECT pg_terminate_backend(" + session(connection) + ")");
      assertThatThrownBy(() -> note(connection, 2)).isInstanceOf(SQLException.class);
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertThat(first.notes()).isZero();
    assertThat(active(sound)).isZero();
  }

  /** PostgreSQL answers PREPARE and COMMIT of such a transaction with ROLLBACK, and no error. */
  @Test
  void failedStatementThatTheApplicationSwallowedRollsAllBack() throws Exception {
    JtaDataSource other = fixture.source(second);
    begin(other);
    swallowAFailure(other);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertNothingHappened(other);
  }

  @Test
  void failedStatementThatTheApplicationSwallowedRollsBackTheOnlyBranch() throws Exception {
    manager.begin();
    note(sound, 1);
    swallowAFailure(sound);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertThat(first.notes()).isZero();
    assertThat(active(sound)).isZero();
    note(sound, 2);
    assertThat(first.notes()).isEqualTo(1);
  }

  private static void swallowAFailure(JtaDataSource source) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void constraintThatIsCheckedByThePrepareRollsAllBack() throws Exception {
    second.execute(
        "ALTER TABLE note ADD COLUMN up INT REFERENCES note DEFERRABLE INITIALLY DEFERRED");
    JtaDataSource other = fixture.source(second);
    manager.begin();
    note(sound, 1);
    try (Connection connection = other.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (1, 'x', 7)");
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertNothingHappened(other);
  }

  @Test
  void nextBorrowerSeesNothingOfABranch() throws Exception {
    manager.begin();
    try (Connection connection = sound.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET work_mem = '1MB'");
      connection.setSchema("pg_catalog");
    }
    manager.commit();

    try (Connection next = sound.getConnection()) {
      assertThat(next.getSchema()).isEqualTo("public");
      assertThat(next.getAutoCommit()).isTrue();
    }
  }
}
