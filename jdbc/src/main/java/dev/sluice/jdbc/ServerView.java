package dev.sluice.jdbc;

import dev.sluice.pool.LeaseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pool's sessions as the server sees them at one moment, joined to the pool's own connections.
 *
 * <p>On PostgreSQL these are the sessions in this database whose {@code application_name} is the
 * pool's, those of other instances included. On MariaDB and MySQL, which know no such name, they
 * are the sessions of the pool's user in this database. In both cases the connections of this pool
 * are among them under whatever name. The session that asked is not: it logs in beside the pool, or
 * borrows a connection where the server refuses the login. PostgreSQL tells the state of sessions
 * of other roles only to {@code pg_read_all_stats}; MariaDB and MySQL show sessions of other users,
 * and transactions, only with the privilege {@code PROCESS}. Their InnoDB renews what it shows of
 * transactions only if nobody has asked for 0.1 s, so ask less often than that.
 *
 * @param name the application name, or the user, by which the sessions were found
 * @param total how many sessions there are
 * @param active those that run a statement
 * @param idle those that wait for the client, outside a transaction
 * @param idleInTransaction those that wait for the client inside a transaction
 * @param tellsTransactions whether the server told who is in a transaction; if not, such sessions
 *     count as idle
 * @param sessions each of them, the one that is longest in its state first
 */
public record ServerView(
    String name,
    int total,
    int active,
    int idle,
    int idleInTransaction,
    boolean tellsTransactions,
    List<Session> sessions) {

  /** What a session is doing. */
  public enum State {
    /** It runs a statement. */
    ACTIVE,
    /** It waits for the client, outside a transaction. */
    IDLE,
    /** It waits for the client, inside a transaction. */
    IDLE_IN_TRANSACTION,
    /** The server does not say, for want of privileges or of tracking. */
    UNKNOWN
  }

  /**
   * A session at the server.
   *
   * @param serverId the server's number for it: PostgreSQL's backend pid, MariaDB's and MySQL's
   *     connection id
   * @param state what it is doing
   * @param inState for how long it has been in that state, zero if the server does not say
   * @param inTransaction for how long its transaction has been open, zero if there is none, or the
   *     server does not say
   * @param connection the number of the connection in this pool, 0 if it is another instance's
   * @param lease who has that connection now, empty if it is not lent
   */
  public record Session(
      long serverId,
      State state,
      Duration inState,
      Duration inTransaction,
      long connection,
      Optional<LeaseInfo> lease) {}

  /** Copies the list. */
  public ServerView {
    sessions = List.copyOf(sessions);
  }

  static ServerView of(String name, boolean tellsTransactions, List<Session> sessions) {
    return new ServerView(
        name,
        sessions.size(),
        count(sessions, State.ACTIVE),
        count(sessions, State.IDLE),
        count(sessions, State.IDLE_IN_TRANSACTION),
        tellsTransactions,
        sessions);
  }

  private static int count(List<Session> sessions, State state) {
    return (int) sessions.stream().filter(session -> session.state() == state).count();
  }
}
