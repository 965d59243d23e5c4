package dev.sluice.jdbc;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections with the credentials of a source: asks once more if the database refuses the
 * first, and notices when other credentials work than before. Thread-safe.
 */
final class Authenticator {
  /** How many exceptions of a chain are looked at. */
  private static final int MAX_CHAIN = 32;

  private final CredentialsSource source;
  private final Runnable onChange;
  private final AtomicReference<@Nullable Credentials> working = new AtomicReference<>();

  /**
   * Opens a connection as somebody.
   *
   * @param <T> the connection
   */
  @FunctionalInterface
  interface Opener<T> {
    T open(Credentials credentials) throws Exception;
  }

  /**
   * An authenticator.
   *
   * @param onChange run after a connection was opened with other credentials than the one before
   */
  Authenticator(CredentialsSource source, Runnable onChange) {
    this.source = source;
    this.onChange = onChange;
  }

  /** Opens a connection; what the opener throws at last is thrown. */
  <T> T open(Opener<T> opener) throws Exception {
    Credentials first = source.get();
    try {
      return opened(opener.open(first), first);
    } catch (Exception refusal) {
      if (!isRefusal(refusal)) {
        throw refusal;
      }
      source.rejected(first);
      return again(opener, first, refusal);
    }
  }

  private <T> T again(Opener<T> opener, Credentials first, Exception refusal) throws Exception {
    Credentials second;
    try {
      second = source.get();
    } catch (Exception e) {
      refusal.addSuppressed(e);
      throw refusal;
    }
    if (second.sameLogin(first)) {
      throw refusal; // The same again would only bring the account closer to being locked.
    }
    try {
      return opened(opener.open(second), second);
    } catch (Exception e) {
      e.addSuppressed(refusal);
      throw e;
    }
  }

  private <T> T opened(T connection, Credentials used) {
    Credentials before = working.getAndSet(used);
    if (before != null && !before.sameLogin(used)) {
      onChange.run();
    }
    return connection;
  }

  /** Whether a failure to connect says that user or password are wrong. */
  static boolean isRefusal(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable e = failure;
        e != null && seen.size() < MAX_CHAIN && seen.add(e);
        e = e.getCause()) {
      if (e instanceof SQLException sql && isRefusal(sql)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRefusal(SQLException e) {
    // Class 28 is "invalid authorization"; Oracle and SQL Server say it by number alone.
    String state = e.getSQLState();
    return (state != null && state.startsWith("28"))
        || (e.getErrorCode() == 1017 && "72000".equals(state))
        || (e.getErrorCode() == 18456 && "S0001".equals(state));
  }
}
