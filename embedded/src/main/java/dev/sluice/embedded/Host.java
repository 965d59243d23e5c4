package dev.sluice.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every embedded server has in common: a directory, a port, one process at a time, and an end.
 *
 * <p>The lock guards {@link #process} and the order of starts and stops.
 */
abstract class Host implements EmbeddedServer {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int PORT_ATTEMPTS = 5;

  final Path home;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable ServerProcess process;
  private boolean closed;
  private volatile int port;

  Host(String name) {
    try {
      home = Files.createTempDirectory("sluice-" + name + "-");
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot create a directory for " + name + ": " + e, e);
    }
  }

  /** Creates the data directory. */
  abstract void initialize() throws IOException;

  /** Starts the server's process. */
  abstract ServerProcess launch(int port);

  /** Whether the process, started at that moment, is ready for clients. */
  abstract boolean isReady() throws IOException;

  /** Asks the process to end, by {@link Stop#FAST} or {@link Stop#IMMEDIATE}. */
  abstract void askToStop(ServerProcess process, Stop how);

  /** Whether a start that failed with this log may be tried again with another port. */
  abstract boolean blamesPort(String logTail);

  /** Whether a start that failed with this log fails only because the last run is not yet gone. */
  abstract boolean blamesPredecessor(String logTail);

  /** Creates the data and starts for the first time; leaves nothing behind if that fails. */
  final void create() {
    try {
      initialize();
      start();
    } catch (IOException e) {
      close();
      throw new EmbeddedServerException("Cannot set up " + this + ": " + e, e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public final void start() {
    lock.lock();
    try {
      if (closed) {
        throw new EmbeddedServerException(this + " is closed");
      }
      if (process == null || !process.isAlive()) {
        startLocked();
      }
    } finally {
      lock.unlock();
    }
  }

  private void startLocked() {
    boolean portIsFixed = port != 0;
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    for (int attempt = 1; ; attempt++) {
      if (!portIsFixed) {
        port = freePort();
      }
      ServerProcess started = launch(port);
      process = started;
      if (awaitReady(started, deadline)) {
        return;
      }
      started.awaitEnd(0, TimeUnit.SECONDS);
      String log = started.logTail();
      boolean again =
          blamesPredecessor(log) || (!portIsFixed && blamesPort(log) && attempt < PORT_ATTEMPTS);
      if (!again || System.nanoTime() - deadline > 0) {
        throw new EmbeddedServerException(this + " did not start. The end of its log:\n" + log);
      }
    }
  }

  private boolean awaitReady(ServerProcess started, long deadline) {
    while (started.isAlive() && System.nanoTime() - deadline < 0 && !Thread.interrupted()) {
      try {
        if (isReady()) {
          return true;
        }
      } catch (IOException e) {
        throw new EmbeddedServerException("Cannot look at " + this + ": " + e, e);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return false;
  }

  /** Free a moment ago; another program may still take it, hence the attempts. */
  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedServerException("No free port on the loopback interface: " + e, e);
    }
  }

  @Override
  public final void stop(Stop how) {
    lock.lock();
    try {
      stopLocked(how);
    } finally {
      lock.unlock();
    }
  }

  private void stopLocked(Stop how) {
    ServerProcess running = process;
    process = null;
    if (running == null) {
      return;
    }
    if (how == Stop.KILL) {
      running.kill();
    } else {
      running.thaw(); // a frozen server could not hear what follows
      askToStop(running, how);
    }
    running.awaitEnd(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public final void freeze() {
    withProcess(ServerProcess::freeze);
  }

  @Override
  public final void thaw() {
    withProcess(ServerProcess::thaw);
  }

  private void withProcess(Consumer<ServerProcess> action) {
    lock.lock();
    try {
      if (process == null) {
        throw new EmbeddedServerException(this + " is not running");
      }
      action.accept(process);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final boolean isRunning() {
    lock.lock();
    try {
      return process != null && process.isAlive();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final int port() {
    return port;
  }

  final Path log() {
    return home.resolve("server.log");
  }

  @Override
  public final String logTail() {
    return ServerProcess.tail(log());
  }

  @Override
  public final void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        stopLocked(Stop.IMMEDIATE); // the data is thrown away: nothing to write down
        Binaries.deleteTree(home);
      }
    } finally {
      lock.unlock();
    }
  }
}
