package dev.sluice.testkit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends back what it gets, and counts how it was treated. */
final class EchoServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Thread acceptor;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger bytes = new AtomicInteger();
  private final AtomicInteger resets = new AtomicInteger();

  EchoServer() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    acceptor = start(this::acceptAll);
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "testkit-echo");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void acceptAll() {
    try {
      while (true) {
        Socket socket = listener.accept();
        open.add(socket);
        accepted.incrementAndGet();
        start(() -> echo(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void echo(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      byte[] buffer = new byte[4096];
      for (int n; (n = socket.getInputStream().read(buffer)) >= 0; ) {
        reads.incrementAndGet();
        bytes.addAndGet(n);
        socket.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("reset")) {
        resets.incrementAndGet();
      }
    } finally {
      open.remove(socket);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  int open() {
    return open.size();
  }

  int accepted() {
    return accepted.get();
  }

  int reads() {
    return reads.get();
  }

  int bytes() {
    return bytes.get();
  }

  int resets() {
    return resets.get();
  }

  private void awaitAcceptor() throws IOException {
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while the echo server closed");
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    awaitAcceptor(); // until it has woken up, it may still accept one more
    for (Socket socket : open) {
      socket.close();
    }
  }
}
