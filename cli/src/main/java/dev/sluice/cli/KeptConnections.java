package dev.sluice.cli;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Clients that log in once and keep their connections, as services do. A client that is refused
 * tries again after a second.
 */
final class KeptConnections implements AutoCloseable {
  /** Opens a connection. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException;
  }

  /** So many log in at the same time. */
  private static final int LOGINS_AT_ONCE = 16;

  private static final String TOO_MANY = "53300";
  private static final long RETRY_SECONDS = 1;
  private static final long LOGIN_LIMIT_SECONDS = 120;

  private final Opener opener;
  private final AtomicReferenceArray<@Nullable Connection> connections;
  private final AtomicReference<@Nullable SQLException> refusal = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  KeptConnections(int clients, Opener opener) {
    this.opener = opener;
    this.connections = new AtomicReferenceArray<>(clients);
  }

  /** Lets all clients log in, each once. */
  void logIn() throws InterruptedException {
    ExecutorService logins = Executors.newFixedThreadPool(LOGINS_AT_ONCE);
    for (int i = 0; i < connections.length(); i++) {
      int client = i;
      logins.execute(() -> logIn(client));
    }
    logins.shutdown();
    if (!logins.awaitTermination(LOGIN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure(
          "The clients could not log in within " + LOGIN_LIMIT_SECONDS + " s.", null);
    }
  }

  private void logIn(int client) {
    try {
      connections.set(client, opener.open());
    } catch (SQLException e) {
      refused(e);
    }
  }

  /** Keeps the server's own word about it, if there is one: a socket's failure says less. */
  private void refused(SQLException failure) {
    if (TOO_MANY.equals(failure.getSQLState())) {
      refusal.set(failure);
    } else {
      refusal.compareAndSet(null, failure);
    }
  }

  /** Runs the work of a client on its connection. */
  void use(int client, Crowd.Work work) throws SQLException {
    Connection connection = connections.get(client);
    if (connection == null) {
      connection = logInAgain(client);
    }
    try {
      work.run(connection);
    } catch (SQLException e) {
      if (connection.isClosed()) {
        connections.set(client, null);
      }
      throw e;
    }
  }

  private Connection logInAgain(int client) throws SQLException {
    try {
      if (ended.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
        throw new SQLException("The time is over");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("The client was interrupted", e);
    }
    try {
      Connection connection = opener.open();
      connections.set(client, connection);
      return connection;
    } catch (SQLException e) {
      refused(e);
      throw e;
    }
  }

  /** How many clients have a connection. */
  int connected() {
    int connected = 0;
    for (int i = 0; i < connections.length(); i++) {
      connected += connections.get(i) == null ? 0 : 1;
    }
    return connected;
  }

  /** Why a client was refused; null if none was. */
  @Nullable SQLException refusal() {
    return refusal.get();
  }

  /** Lets nobody try again. */
  void end() {
    ended.countDown();
  }

  @Override
  public void close() {
    end();
    for (int i = 0; i < connections.length(); i++) {
      Connection connection = connections.getAndSet(i, null);
      if (connection != null) {
        close(connection);
      }
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // it has gone with its server, which is what was wanted
    }
  }
}
