package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recovery opens its own connections, beside the pool. */
class RecoveryTest {
  private final Fixture fixture = new Fixture();
  private final Servers.Database database = Servers.database(Servers.postgres());
  private final int test = Name.TESTS.incrementAndGet();

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  /** A branch's name. */
  private record Name(int number, int test) implements Xid {
    private static final AtomicInteger TESTS = new AtomicInteger();

    @Override
    public int getFormatId() {
      return 7;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return new byte[] {(byte) test, (byte) number};
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {2};
    }

    boolean is(Xid other) {
      return Arrays.equals(getGlobalTransactionId(), other.getGlobalTransactionId());
    }
  }

  /** Leaves a prepared branch behind, as a crash does. */
  private void prepare(Name name, String user, String password) throws Exception {
    XAConnection both = database.xa().getXAConnection(user, password);
    XAResource resource = both.getXAResource();
    resource.start(name, XAResource.TMNOFLAGS);
    try (Connection connection = both.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (" + name.number() + ", 'x')");
    }
    resource.end(name, XAResource.TMSUCCESS);
    resource.prepare(name);
    both.close();
  }

  private void prepare(Name name) throws Exception {
    prepare(name, database.server().user(), database.server().password());
  }

  @Test
  void recoveryWorksWhileThePoolIsFullSuspendedOrClosed() throws Exception {
    JtaDataSource source = fixture.source(database);
    XAResource recovery = source.recoveryResources().get(0);
    List<Connection> all = new ArrayList<>(List.of(source.getConnection(), source.getConnection()));
    prepare(new Name(1, test));
    prepare(new Name(2, test));
    prepare(new Name(3, test));

    assertThat(recovery.recover(XAResource.TMSTARTRSCAN)).hasSize(3);
    recovery.commit(new Name(1, test), false);
    assertThat(recovery.recover(XAResource.TMENDRSCAN)).isEmpty();
    assertThat(source.pool().stats().size()).isEqualTo(2);
    for (Connection connection : all) {
      connection.close();
    }
    source.pool().suspend();
    recovery.rollback(new Name(2, test));
    source.close();
    recovery.commit(new Name(3, test), false);

    assertThat(database.notes()).isEqualTo(2);
    assertThat(database.inDoubt()).isZero();
  }

  @Test
  void recoveryKeepsOneConnectionForAScanAndNoneAfterIt() throws Exception {
    JtaDataSource source = fixture.source(database);
    XAResource recovery = source.recoveryResources().get(0);

    recovery.recover(XAResource.TMSTARTRSCAN);
    recovery.recover(XAResource.TMNOFLAGS);
    assertThat(sessions()).isEqualTo(1);
    recovery.recover(XAResource.TMSTARTRSCAN); // a manager that did not end the last one
    assertThat(sessions()).isEqualTo(1);
    recovery.recover(XAResource.TMENDRSCAN);

    assertThat(sessions()).isZero();
  }

  /** Atomikos begins scans and ends none, also after the data source was closed. */
  @Test
  void scanAfterTheEndKeepsNoConnection() throws Exception {
    JtaDataSource source = fixture.source(database);
    XAResource recovery = source.recoveryResources().get(0);
    prepare(new Name(1, test));
    recovery.recover(XAResource.TMSTARTRSCAN);
    source.close();

    assertThat(recovery.recover(XAResource.TMSTARTRSCAN)).hasSize(1);
    assertThat(recovery.recover(XAResource.TMNOFLAGS)).isEmpty();

    assertThat(sessions()).isZero();
    recovery.commit(new Name(1, test), false);
    assertThat(database.notes()).isEqualTo(1);
  }

  /** How many others are connected; a session that was closed may take a moment to end. */
  private int sessions() {
    int[] last = {-1};
    dev.sluice.testkit.Eventually.await(
        () -> {
          int before = last[0];
          last[0] =
              database.number(
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                      + database.name()
                      + "' AND pid <> pg_backend_pid()");
          return last[0] == before && last[0] <= 1;
        },
        () -> "no more than one session is left, but " + last[0]);
    return last[0];
  }

  @Test
  void recoveryHasItsOwnCredentials() throws Exception {
    String role = "recoverer_" + database.name();
    String app = "app_" + database.name();
    database.execute("CREATE ROLE " + app + " LOGIN PASSWORD 'app'");
    database.execute("CREATE ROLE " + role + " SUPERUSER LOGIN PASSWORD 'rec'");
    database.execute("GRANT INSERT, SELECT ON note TO " + app);
    JtaDataSource source =
        fixture.source(
            database,
            builder ->
                builder
                    .recoveryCredentials(role, "rec")
                    .pool(pool -> Fixture.login(pool, database).user(app).password("app")));
    prepare(new Name(1, test), app, "app");
    XAResource recovery = source.recoveryResources().get(0);

    Xid[] found = recovery.recover(XAResource.TMSTARTRSCAN);

    assertThat(found).hasSize(1);
    assertThat(
            database.number("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + role + "'"))
        .isEqualTo(1);
    recovery.commit(found[0], false);
    recovery.recover(XAResource.TMENDRSCAN);
    assertThat(database.notes()).isEqualTo(1);
    try (Connection connection = source.getConnection()) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo(app);
    }
  }

  @Test
  void scanWhoseConnectionBrokeIsBegunAnew() throws Exception {
    JtaDataSource source = fixture.source(database);
    XAResource recovery = source.recoveryResources().get(0);
    prepare(new Name(1, test));
    recovery.recover(XAResource.TMSTARTRSCAN);
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database.name()
            + "' AND pid <> pg_backend_pid()");

    assertThatThrownBy(() -> recovery.commit(new Name(1, test), false))
        .isInstanceOfSatisfying(
            XAException.class,
            e -> assertThat(e.errorCode).isIn(XAException.XAER_RMFAIL, XAException.XAER_RMERR));
    recovery.commit(new Name(1, test), false);

    assertThat(database.notes()).isEqualTo(1);
    assertThat(
            Arrays.stream(recovery.recover(XAResource.TMSTARTRSCAN))
                .anyMatch(new Name(1, test)::is))
        .isFalse();
    recovery.recover(XAResource.TMENDRSCAN);
  }

  @Test
  void databaseThatIsDownIsToldAsFailedResource() throws Exception {
    JtaDataSource source =
        fixture.source(database, builder -> builder.recoveryCredentials("nobody", "wrong"));
    XAResource recovery = source.recoveryResources().get(0);

    assertThatThrownBy(() -> recovery.recover(XAResource.TMSTARTRSCAN))
        .isInstanceOfSatisfying(
            XAException.class,
            e -> {
              assertThat(e.errorCode).isEqualTo(XAException.XAER_RMFAIL);
              assertThat(e.getCause()).isInstanceOf(SQLException.class);
            });
  }

  @Test
  void resourceOfRecoveryBeginsNoBranch() {
    XAResource recovery = fixture.source(database).recoveryResources().get(0);

    assertThatThrownBy(() -> recovery.start(new Name(1, test), XAResource.TMNOFLAGS))
        .isInstanceOf(XAException.class);
    assertThatThrownBy(() -> recovery.prepare(new Name(1, test))).isInstanceOf(XAException.class);
  }

  @Test
  void recoveredBranchBelongsToNoLease() throws Exception {
    JtaDataSource source = fixture.source(database);
    fixture.manager.begin();
    note(source, 1);
    prepare(new Name(2, test));

    XAResource recovery = source.recoveryResources().get(0);
    recovery.commit(new Name(2, test), false);

    assertThat(active(source)).isEqualTo(1);
    fixture.manager.commit();
    assertThat(database.notes()).isEqualTo(2);
  }
}
