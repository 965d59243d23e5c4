package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.Secret;
import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row 10: the login is refused, and passwords change. */
class LoginFaultTest extends FaultTest {
  /** More logins than that in the time of the test would be a storm. */
  private static final int LOGINS_MAX = 8;

  private static final AtomicInteger ROLES = new AtomicInteger();

  private final String role = "app" + ROLES.incrementAndGet();

  private Rig rigWithRole(String password, CredentialsSource source) throws SQLException {
    Rig rig =
        Rig.postgres(
            b ->
                b.maxSize(4)
                    .user(role)
                    .password(source == null ? password : null)
                    .credentials(source));
    rig.asAdmin("CREATE ROLE " + role + " LOGIN PASSWORD 'first-secret'");
    return rig;
  }

  @ParameterizedTest
  @CsvSource({
    "PASSWORD 'other-secret', 28P01, password authentication failed",
    "VALID UNTIL '2020-01-01', 28P01, password authentication failed",
    "NOLOGIN, 28000, not permitted to log in"
  })
  void fault10RefusedLoginIsToldToEveryWaiterAtOnceAndIsNoStorm(
      String change, String state, String says) throws Exception {
    try (Rig rig = rigWithRole("first-secret", null)) {
      rig.asAdmin("ALTER ROLE " + role + " " + change);
      int before = rig.proxy.accepted();
      List<CompletableFuture<Attempt>> callers = new ArrayList<>();

      for (int i = 0; i < 10; i++) {
        callers.add(async(() -> Attempt.at(rig.pool, Duration.ofSeconds(20))));
      }

      for (CompletableFuture<Attempt> caller : callers) {
        Attempt attempt = result(caller);
        assertThat((Throwable) attempt.failure())
            .isInstanceOf(DatabaseUnavailableException.class)
            .hasMessageContainingAll("'" + rig.name + "'", says, role)
            .hasMessageNotContaining("first-secret");
        assertThat(attempt.failure().getSQLState()).isEqualTo(state);
        assertThat(attempt.took().minus(attempt.stalled())).isLessThan(Duration.ofSeconds(10));
      }
      long until = System.nanoTime() + millis(1_000).toNanos();
      while (System.nanoTime() - until < 0) { // who comes later is refused without an attempt
        Attempt later = Attempt.at(rig.pool, millis(100));
        assertThat((Throwable) later.failure()).isInstanceOf(DatabaseUnavailableException.class);
        LockSupport.parkNanos(millis(2).toNanos());
      }
      assertThat(rig.proxy.accepted() - before).as("logins").isLessThanOrEqualTo(LOGINS_MAX);

      rig.asAdmin("ALTER ROLE " + role + " LOGIN PASSWORD 'first-secret' VALID UNTIL 'infinity'");
      Eventually.await(
          () -> {
            Attempt again = Attempt.at(rig.pool, millis(200));
            if (again.connection() != null) {
              again.connection().close();
            }
            return again.failure() == null;
          },
          "the pool comes back by itself");
    } finally {
      dropRole();
    }
  }

  @Test
  void fault10RotatedPasswordIsAskedForOnceMoreAndNoCallerNotices() throws Exception {
    Vault vault = new Vault(role, "first-secret");
    try (Rig rig = rigWithRole("unused-secret", vault)) {
      rig.get().close();
      rig.asAdmin("ALTER ROLE " + role + " PASSWORD 'second-secret'");
      vault.rotateAfterRefusal("second-secret");
      rig.pool.refresh();

      for (int i = 0; i < 4; i++) {
        try (Connection connection = rig.attempt(Duration.ofSeconds(10)).connection()) {
          assertThat(Rig.one(connection)).isEqualTo(1);
        }
      }

      assertThat(vault.refusals).hasValue(1);
      assertThat(rig.pool.stats().openFailures()).isZero();
    } finally {
      dropRole();
    }
  }

  @Test
  void fault10ConnectionsOfTheOldPasswordAreRetiredIfWished() throws Exception {
    Vault vault = new Vault(role, "first-secret");
    try (Rig rig =
        Rig.postgres(
            b ->
                b.maxSize(4)
                    .user(role)
                    .password((String) null)
                    .credentials(vault)
                    .retireOnCredentialChange(true))) {
      rig.asAdmin("CREATE ROLE " + role + " LOGIN PASSWORD 'first-secret'");
      rig.fill(2);
      rig.asAdmin("ALTER ROLE " + role + " PASSWORD 'second-secret'");
      vault.password = "second-secret";
      Connection one = rig.get();
      Connection other = rig.get();
      Connection fresh = rig.get();

      Eventually.await(() -> !rig.events.epochs.isEmpty(), "the change is noticed");
      one.close();
      other.close();
      fresh.close();

      Eventually.await(() -> rig.events.closedInAll() >= 2, "what the old password opened is gone");
      rig.recovers();
      rig.settles();
    } finally {
      dropRole();
    }
  }

  private void dropRole() throws SQLException {
    try (Rig rig = Rig.postgres(b -> b)) {
      rig.asAdmin("DROP ROLE IF EXISTS " + role);
    }
  }

  /** Keeps a password, and learns a new one when the old was refused. */
  private static final class Vault implements CredentialsSource {
    final AtomicInteger refusals = new AtomicInteger();
    private final String user;
    private volatile String password;
    private volatile String next;

    Vault(String user, String password) {
      this.user = user;
      this.password = password;
    }

    void rotateAfterRefusal(String newPassword) {
      next = newPassword;
    }

    @Override
    public Credentials get() {
      return Credentials.of(user, Secret.of(password));
    }

    @Override
    public void rejected(Credentials refused) {
      refusals.incrementAndGet();
      password = next;
    }
  }
}
