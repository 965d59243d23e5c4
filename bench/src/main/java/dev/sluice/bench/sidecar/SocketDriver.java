package dev.sluice.bench.sidecar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Plays all clients on one thread, over bare sockets; for machines without pgbench. */
final class SocketDriver implements Driver {
  private static final long LOOK_MILLIS = 100;
  private static final double MICROS_PER_MILLI = 1_000;
  private static final int DIGITS = 3;

  /** How many log in at a time, so that no backlog overflows. */
  private static final int AT_ONCE = 64;

  private final String user;

  SocketDriver(String user) {
    this.user = user;
  }

  @Override
  public String title() {
    return "bare sockets";
  }

  /** It knows no passwords. */
  @Override
  public boolean canUse(Door door) {
    return !door.isServer();
  }

  @Override
  public Served run(Door door, Load load) throws IOException {
    try (Crowd crowd = new Crowd(door)) {
      if (load.reconnects()) {
        return crowd.reconnect(load);
      }
      crowd.gather(load.clients());
      return crowd.ask(load);
    }
  }

  /**
   * Logs in clients that then do nothing, until they are closed.
   *
   * @throws IOException if one of them is refused
   */
  Crowd idle(Door door, int clients) throws IOException {
    Crowd crowd = new Crowd(door);
    try {
      crowd.gather(clients);
      return crowd;
    } catch (IOException e) {
      crowd.close();
      throw e;
    }
  }

  /** Clients at one door. */
  final class Crowd implements AutoCloseable {
    private final Door door;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = Conversation.buffer();
    private final ByteBuffer out = Conversation.buffer();
    private final List<Conversation> all = new ArrayList<>();
    private final Histogram micros = new Histogram(DIGITS);
    private @Nullable Load load;
    private @Nullable IOException failure;
    private long end;
    private long answers;
    private int welcome;

    private Crowd(Door door) throws IOException {
      this.door = door;
    }

    /** How many have logged in. */
    int size() {
      return welcome;
    }

    private Conversation begin() throws IOException {
      return new Conversation(selector, door.port(), in, out);
    }

    private void gather(int clients) throws IOException {
      while (welcome < clients) {
        while (all.size() < clients && all.size() - welcome < AT_ONCE) {
          all.add(begin());
        }
        look();
      }
    }

    private Served ask(Load wanted) throws IOException {
      long began = System.nanoTime();
      load = wanted;
      end = began + wanted.time().toNanos();
      for (Conversation each : all) {
        each.ask(wanted.protocol(), row());
      }
      return served(began);
    }

    private Served reconnect(Load wanted) throws IOException {
      long began = System.nanoTime();
      load = wanted;
      end = began + wanted.time().toNanos();
      for (int i = 0; i < wanted.clients(); i++) {
        begin().since = System.nanoTime();
      }
      return served(began);
    }

    private Served served(long began) throws IOException {
      while (System.nanoTime() < end) {
        look();
      }
      load = null;
      double seconds = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
      return new Served(
          answers,
          answers / seconds,
          micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
          micros.getValueAtPercentile(99) / MICROS_PER_MILLI);
    }

    private void look() throws IOException {
      selector.select(this::turn, LOOK_MILLIS);
      IOException trouble = failure;
      if (trouble != null) {
        throw trouble;
      }
    }

    private void turn(SelectionKey key) {
      Conversation one = (Conversation) key.attachment();
      try {
        if (key.isConnectable()) {
          one.connected(user);
        } else if (one.read()) {
          answered(one);
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    private void answered(Conversation one) throws IOException {
      Load now = load;
      if (!one.welcome) {
        one.welcome = true;
        welcome++;
        if (now != null) {
          one.ask(now.protocol(), row());
        }
        return;
      }
      if (now == null) {
        return;
      }
      answers++;
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - one.since));
      if (now.reconnects()) {
        one.end();
        begin();
      } else {
        one.ask(now.protocol(), row());
      }
    }

    private static int row() {
      return ThreadLocalRandom.current().nextInt(Backend.ROWS) + 1;
    }

    @Override
    public void close() throws IOException {
      for (SelectionKey key : selector.keys()) {
        if (key.isValid()) { // else it has ended, and the selector has not noticed yet
          ((Conversation) key.attachment()).end();
        }
      }
      selector.close();
    }
  }
}
