package dev.sluice.faults;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.Secret;
import java.util.concurrent.locks.ReentrantLock;

/** Where a soak's pool gets its password, which changes under its feet. */
final class Vault implements CredentialsSource {
  private final String user;

  /** Held while the password is changed on both sides, so that nobody reads the wrong one after. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile String password;
  private int refusals;

  Vault(String user, String password) {
    this.user = user;
    this.password = password;
  }

  /** Tells the database a new password. */
  interface Change {
    void tell(String password) throws java.sql.SQLException;
  }

  void rotate(String next, Change change) throws java.sql.SQLException {
    changing.lock();
    try {
      change.tell(next);
      password = next;
    } finally {
      changing.unlock();
    }
  }

  @Override
  public Credentials get() throws Exception {
    SoakDriver.touch("credentials");
    return Credentials.of(user, Secret.of(password));
  }

  /** Waits for a change that is under way. */
  @Override
  public void rejected(Credentials refused) {
    changing.lock();
    try {
      refusals++;
    } finally {
      changing.unlock();
    }
  }

  /** How often the password was refused. */
  int refusals() {
    changing.lock();
    try {
      return refusals;
    } finally {
      changing.unlock();
    }
  }
}
