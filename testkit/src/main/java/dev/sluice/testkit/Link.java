package dev.sluice.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link FaultProxy}. Safe for any thread. */
public final class Link {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int CONNECT_MILLIS = 10_000;

  /** With a bandwidth, as many pieces are sent in a second. */
  private static final int PIECES_PER_SECOND = 20;

  /** So that the receiver has a chance to see the slices apart. */
  private static final Duration SLICE_PAUSE = Duration.ofNanos(100_000);

  private final FaultProxy proxy;
  private final int number;
  private final Socket client;
  private final Pump upstream;
  private final Pump downstream;
  private final AtomicInteger finished = new AtomicInteger();

  /** Guards {@link #closed} and the server's socket, and carries the news of changed toxics. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private @Nullable Socket server;
  private volatile boolean closed;

  Link(FaultProxy proxy, int number, Socket client, Toxics toServer, Toxics toClient) {
    this.proxy = proxy;
    this.number = number;
    this.client = client;
    this.upstream = new Pump(toServer);
    this.downstream = new Pump(toClient);
  }

  void forwardTo(InetSocketAddress address) {
    proxy.start("testkit-proxy-" + number + "-up", () -> connectAndPump(address));
  }

  private void connectAndPump(InetSocketAddress address) {
    Socket socket = new Socket();
    if (!adopt(socket)) {
      return;
    }
    try {
      socket.connect(address, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
    } catch (IOException e) {
      reset(); // the client learns that there is nobody behind
      return;
    }
    proxy.start("testkit-proxy-" + number + "-down", () -> downstream.run(socket, client));
    upstream.run(client, socket);
  }

  /** False, and the socket closed, if the link has ended already. */
  private boolean adopt(Socket socket) {
    lock.lock();
    try {
      if (!closed) {
        server = socket;
        return true;
      }
    } finally {
      lock.unlock();
    }
    closeQuietly(socket, false);
    return false;
  }

  /** Its place among all connections that the proxy accepted, from 1. */
  public int number() {
    return number;
  }

  /** Bytes that reached the server. */
  public long bytesToServer() {
    return upstream.passed.get();
  }

  /** Bytes that reached the client. */
  public long bytesToClient() {
    return downstream.passed.get();
  }

  /** Whether it has not ended. */
  public boolean isOpen() {
    return !closed;
  }

  /** Sets the toxics of both directions. */
  public void toxics(Toxics both) {
    toxics(both, both);
  }

  /** Sets the toxics of each direction. */
  public void toxics(Toxics toServer, Toxics toClient) {
    lock.lock();
    try {
      upstream.toxics = toServer;
      downstream.toxics = toClient;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Swallows everything, both ways; both ends believe that they are connected. */
  public void blackHole() {
    toxics(Toxics.NONE.withSwallow(true));
  }

  /** The server's end is reset, and the client never hears of it: a half-open connection. */
  public void dropServer() {
    blackHole();
    Socket socket;
    lock.lock();
    try {
      socket = server;
    } finally {
      lock.unlock();
    }
    if (socket != null) {
      closeQuietly(socket, true);
    }
  }

  /** The client sees the end of the stream, and can still send. */
  public void halfCloseToClient() {
    downstream.ended = true;
    halfClose(client);
  }

  /** The server sees the end of the stream, and can still send. */
  public void halfCloseToServer() {
    upstream.ended = true;
    lock.lock();
    try {
      if (server != null) {
        halfClose(server);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void halfClose(Socket socket) {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot half-close", e);
    }
  }

  /** Both ends see a reset. */
  public void reset() {
    end(true);
  }

  /** Both ends see an orderly end. */
  public void close() {
    end(false);
  }

  private void end(boolean reset) {
    Socket other;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      other = server;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    proxy.ended(this); // before anybody can see that it has ended
    closeQuietly(client, reset);
    if (other != null) {
      closeQuietly(other, reset);
    }
  }

  private static void closeQuietly(Socket socket, boolean reset) {
    prepareEnd(socket, reset);
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close a socket", e);
    }
  }

  private static void prepareEnd(Socket socket, boolean reset) {
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      } else if (socket.isConnected() && !socket.isOutputShutdown()) {
        socket.shutdownOutput(); // or unread bytes would turn the end into a reset
      }
    } catch (IOException e) {
      // the other side was faster; closing is all that is left to do
    }
  }

  /** Waits that long, or until the link ends. */
  private void pause(Duration time) {
    long nanos = time.toNanos();
    lock.lock();
    try {
      while (nanos > 0 && !closed) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "link " + number + (closed ? " (ended)" : "");
  }

  /** Carries the bytes of one direction. */
  private final class Pump {
    private final AtomicLong passed = new AtomicLong();
    private volatile Toxics toxics;

    /** Whether the receiver was told that no more will come; what comes all the same is dropped. */
    private volatile boolean ended;

    Pump(Toxics toxics) {
      this.toxics = toxics;
    }

    void run(Socket from, Socket to) {
      byte[] buffer = new byte[BUFFER_BYTES];
      try {
        OutputStream out = to.getOutputStream();
        while (!closed) {
          awaitNoStall();
          int n = from.getInputStream().read(buffer);
          if (n < 0) {
            finish(to);
            return;
          }
          awaitNoStall(); // it may have begun while this thread was reading
          deliver(buffer, n, out);
        }
      } catch (IOException e) {
        broken();
      }
    }

    /** The end of the stream is passed on; while it is swallowed, it waits. */
    private void finish(Socket to) throws IOException {
      awaitChange(() -> toxics.swallow() || toxics.stall());
      if (!closed) {
        if (!ended) {
          to.shutdownOutput();
        }
        if (finished.incrementAndGet() == 2) {
          close();
        }
      }
    }

    /** A side that broke breaks the other, unless nobody is to know. */
    private void broken() {
      awaitChange(() -> toxics.swallow());
      reset();
    }

    private void awaitNoStall() {
      awaitChange(() -> toxics.stall());
    }

    private void awaitChange(java.util.function.BooleanSupplier asLongAs) {
      lock.lock();
      try {
        while (!closed && asLongAs.getAsBoolean()) {
          changed.awaitUninterruptibly();
        }
      } finally {
        lock.unlock();
      }
    }

    private void deliver(byte[] buffer, int length, OutputStream out) throws IOException {
      pause(delay());
      int at = 0;
      while (at < length && !closed) {
        Toxics now = toxics;
        if (now.swallow() || ended) {
          return;
        }
        int piece = piece(now, length - at);
        corrupt(now, buffer, at, piece);
        out.write(buffer, at, piece);
        at += piece;
        passed.addAndGet(piece);
        if (now.cutAt() >= 0 && passed.get() >= now.cutAt()) {
          cut(now.cut());
        }
        if (now.slice() > 0 && at < length) {
          pause(SLICE_PAUSE);
        }
        if (now.bytesPerSecond() > 0) {
          pause(Duration.ofNanos(piece * 1_000_000_000L / now.bytesPerSecond()));
        }
      }
    }

    private Duration delay() {
      Toxics now = toxics;
      long jitter = now.jitter().toNanos();
      return jitter == 0
          ? now.latency()
          : now.latency().plusNanos(ThreadLocalRandom.current().nextLong(jitter + 1));
    }

    private int piece(Toxics now, int left) {
      long piece = left;
      if (now.slice() > 0) {
        piece = Math.min(piece, now.slice());
      }
      if (now.bytesPerSecond() > 0) {
        piece = Math.min(piece, Math.max(1, now.bytesPerSecond() / PIECES_PER_SECOND));
      }
      if (now.cutAt() >= 0) {
        piece = Math.min(piece, Math.max(0, now.cutAt() - passed.get()));
      }
      return (int) piece;
    }

    private void corrupt(Toxics now, byte[] buffer, int at, int piece) {
      long offset = now.corruptAt() - passed.get();
      if (now.corruptAt() >= 0 && offset >= 0 && offset < piece) {
        buffer[at + (int) offset] ^= (byte) 0xff;
      }
    }

    private void cut(Toxics.Cut how) {
      switch (how) {
        case CLOSE -> close();
        case RESET -> reset();
        case BLACK_HOLE -> blackHole();
      }
    }
  }
}
