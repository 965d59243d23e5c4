package dev.sluice.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network that misbehaves on command: a TCP proxy on the loopback interface before a real server.
 *
 * <p>Each connection through it is a {@link Link}, whose two directions have {@link Toxics} of
 * their own; they can be changed at run time, for one link, for all that exist, and for those to
 * come. New connections can be forwarded, ignored, reset, refused, or left in the backlog.
 *
 * <p>Safe for any thread. Two daemon threads per link, named {@code testkit-proxy-…}; {@link
 * #close} ends them all, and every socket.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.before(server.port())) {
 *   String url = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/app";
 *   …
 *   proxy.blackHole();                    // all that exist and all to come
 *   proxy.links().get(0).reset();         // one of them
 *   proxy.accepting(Accept.REFUSE);       // nobody gets in any more
 * }
 * }</pre>
 */
public final class FaultProxy implements AutoCloseable {

  /** What becomes of new connections. */
  public enum Accept {
    /** They are connected to the server. */
    FORWARD,
    /** They are accepted, and nothing else ever happens. */
    SILENT,
    /** They are accepted and reset. */
    RESET,
    /** The port is closed. */
    REFUSE,
    /** They are not accepted: a few end up in the backlog, the rest get no answer to their SYN. */
    BACKLOG
  }

  private static final int BACKLOG_WIDE = 128;
  private static final int BACKLOG_NARROW = 1;
  private static final long JOIN_MILLIS = 10_000;

  private final InetSocketAddress server;
  private final int port;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Guards the listener and its thread. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Held while a link is made and while toxics are set, so that none is made without them. */
  private final ReentrantLock making = new ReentrantLock();

  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;
  private boolean closed;
  private volatile Accept mode = Accept.FORWARD;
  private Toxics toServer = Toxics.NONE;
  private Toxics toClient = Toxics.NONE;

  private FaultProxy(InetSocketAddress server) {
    this.server = server;
    ServerSocket first = bind(0, BACKLOG_WIDE);
    this.listener = first;
    this.port = first.getLocalPort();
    this.acceptor = startAcceptor(first);
  }

  /** Starts a proxy before a server on that port of the loopback interface. */
  public static FaultProxy before(int serverPort) {
    return new FaultProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
  }

  /** The port where clients connect; the same for the whole of its life. */
  public int port() {
    return port;
  }

  /** How many connections it ever accepted. */
  public int accepted() {
    return accepted.get();
  }

  /** The links that are open now, the oldest first. */
  public List<Link> links() {
    return links.stream().sorted(java.util.Comparator.comparingInt(Link::number)).toList();
  }

  /** Sets what becomes of new connections; those that exist are not touched. */
  public void accepting(Accept how) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("The proxy is closed");
      }
      mode = how;
      switch (how) {
        case REFUSE -> stopListening();
        case BACKLOG -> {
          stopListening();
          listener = bind(port, BACKLOG_NARROW);
        }
        default -> listen();
      }
    } finally {
      lock.unlock();
    }
  }

  private void listen() {
    if (listener == null) {
      listener = bind(port, BACKLOG_WIDE);
    }
    if (acceptor == null) {
      acceptor = startAcceptor(listener);
    }
  }

  private void stopListening() {
    if (listener != null) {
      closeQuietly(listener);
      listener = null;
    }
    if (acceptor != null) {
      join(acceptor);
      acceptor = null;
    }
  }

  private static ServerSocket bind(int port, int backlog) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
      return socket;
    } catch (IOException e) {
      throw new IllegalStateException("Cannot listen on port " + port, e);
    }
  }

  private Thread startAcceptor(ServerSocket on) {
    return start("testkit-proxy-acceptor", () -> acceptAll(on));
  }

  private void acceptAll(ServerSocket on) {
    while (true) {
      Socket client;
      try {
        client = on.accept();
      } catch (IOException e) {
        return; // the listener was closed
      }
      accept(client);
    }
  }

  private void accept(Socket client) {
    Link link = make(client);
    switch (mode) {
      case RESET -> link.reset();
      case SILENT -> {}
      default -> link.forwardTo(server);
    }
  }

  private Link make(Socket client) {
    making.lock();
    try {
      Link link = new Link(this, accepted.incrementAndGet(), client, toServer, toClient);
      links.add(link);
      return link;
    } finally {
      making.unlock();
    }
  }

  Thread start(String name, Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  void ended(Link link) {
    links.remove(link);
  }

  /** Sets the toxics of both directions, for the links that exist and those to come. */
  public void toxics(Toxics both) {
    toxics(both, both);
  }

  /** Sets the toxics of each direction, for the links that exist and those to come. */
  public void toxics(Toxics towardsServer, Toxics towardsClient) {
    making.lock();
    try {
      newLinks(towardsServer, towardsClient);
      forAll(link -> link.toxics(towardsServer, towardsClient));
    } finally {
      making.unlock();
    }
  }

  /** Sets the toxics of the links to come. */
  public void newLinks(Toxics towardsServer, Toxics towardsClient) {
    making.lock();
    try {
      toServer = towardsServer;
      toClient = towardsClient;
    } finally {
      making.unlock();
    }
  }

  /** Swallows everything, both ways, on the links that exist and those to come. */
  public void blackHole() {
    toxics(Toxics.NONE.withSwallow(true));
  }

  /** Ends all toxics and forwards new connections again. What was swallowed stays lost. */
  public void heal() {
    toxics(Toxics.NONE);
    accepting(Accept.FORWARD);
  }

  /** Resets all links that exist. */
  public void resetAll() {
    forAll(Link::reset);
  }

  /** Does something to each link that exists. */
  public void forAll(Consumer<Link> action) {
    links().forEach(action);
  }

  /** Ends all links and threads; further calls do nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      stopListening();
    } finally {
      lock.unlock();
    }
    forAll(Link::close);
    while (!threads.isEmpty() && !Thread.currentThread().isInterrupted()) {
      List.copyOf(threads).forEach(FaultProxy::join); // one may just have started another
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (thread.isAlive()) {
      throw new IllegalStateException(thread.getName() + " does not end");
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close the listener", e);
    }
  }
}
