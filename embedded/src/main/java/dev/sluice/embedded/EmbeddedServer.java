package dev.sluice.embedded;

/**
 * A database server of one's own, on a port of the loopback interface, with its own data directory.
 *
 * <p>It lives until {@link #close}, and does not outlive this JVM, not even one that was killed
 * outright: a process beside it sees to that. The operations block until they are done, at most two
 * minutes each, and may be called from any thread, one at a time.
 */
public interface EmbeddedServer extends AutoCloseable {

  /** How a server is made to end. */
  enum Stop {
    /** It disconnects its clients, writes down what it has, and ends. */
    FAST,
    /** It ends at once, as in a crash, and recovers at the next start. */
    IMMEDIATE,
    /** It is killed by the operating system and can tell nobody. */
    KILL
  }

  /** The port it listens on; the same after a restart. */
  int port();

  /** The name of a user who may do everything. */
  String user();

  /** The password of {@link #user}. */
  String password();

  /**
   * The JDBC URL of one of its databases, without user and password.
   *
   * @param database the name of a database that exists, or will by the time it is used
   */
  String jdbcUrl(String database);

  /** A URL of the database that every such server has from the start. */
  String jdbcUrl();

  /** Whether the server's process is alive. */
  boolean isRunning();

  /**
   * Starts the server again after {@link #stop}; does nothing if it runs.
   *
   * @throws EmbeddedServerException if it does not come up within two minutes, with the end of its
   *     log
   */
  void start();

  /** Ends the server and keeps its data; does nothing if it does not run. */
  void stop(Stop how);

  /** {@link #stop} and {@link #start}. */
  default void restart(Stop how) {
    stop(how);
    start();
  }

  /** Stops every process of the server where it stands; sockets stay open and stay silent. */
  void freeze();

  /** Lets a frozen server go on. */
  void thaw();

  /** The last lines that the server wrote to its log. */
  String logTail();

  /** Ends the server and deletes its data; further calls do nothing. */
  @Override
  void close();
}
