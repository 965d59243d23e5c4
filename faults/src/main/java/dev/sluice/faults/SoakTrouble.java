package dev.sluice.faults;

import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** What happens to a call before it is made. Safe for any thread. */
interface SoakTrouble {
  /** Nothing does. */
  SoakTrouble NONE = call -> {};

  /** Of the calls that may fail, one in so many does. */
  int FAILING = 8;

  int LONGEST_MILLIS = 900;

  void before(String call) throws Exception;

  /** What happens after the call has had its effect. */
  default void after(String call) throws Exception {}

  /** Some calls take up to nearly a second, which is more than most may take. */
  static SoakTrouble slow(Set<String> calls) {
    return call -> {
      if (calls.contains(call)) {
        try {
          Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_MILLIS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new SQLException("interrupted", "57014", e);
        }
      }
    };
  }

  /** Any call may throw anything. */
  static SoakTrouble throwing() {
    return call -> {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      if (random.nextInt(FAILING) > 0) {
        return;
      }
      switch (random.nextInt(5)) {
        case 0 -> throw new SQLException("injected", "XX000");
        case 1 -> throw new SQLException("injected", "08006");
        case 2 -> throw new IllegalStateException("injected");
        case 3 -> throw new NoClassDefFoundError("injected");
        default -> throw call.equals("credentials") ? new IOException("injected") : again();
      }
    };
  }

  /** Any call may end with an Error, before it has had its effect or after. */
  static SoakTrouble errors() {
    return new SoakTrouble() {
      @Override
      public void before(String call) {
        mayThrow();
      }

      @Override
      public void after(String call) {
        mayThrow();
      }

      private void mayThrow() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (random.nextInt(2 * FAILING) > 0) {
          return;
        }
        switch (random.nextInt(5)) {
          case 0 -> throw new StackOverflowError("injected");
          case 1 -> throw new OutOfMemoryError("injected");
          case 2 -> throw new InternalError("injected");
          case 3 -> throw new NoSuchMethodError("injected");
          default -> throw new AssertionError("injected");
        }
      }
    };
  }

  /** A listener blocks until the gate opens, for ten seconds at most. */
  static SoakTrouble blocked(Set<String> events, CountDownLatch entered, CountDownLatch gate) {
    return call -> {
      if (events.contains(call)) {
        entered.countDown();
        gate.await(10, TimeUnit.SECONDS);
      }
    };
  }

  private static SQLException again() {
    return new SQLException("injected", "40001");
  }

  /** Nothing can be opened, for want of files or of threads. */
  static SoakTrouble withoutMeans() {
    return call -> {
      if (!call.equals("connect")) {
        return;
      }
      if (ThreadLocalRandom.current().nextBoolean()) {
        throw new OutOfMemoryError("unable to create native thread: injected");
      }
      throw new SQLException(
          "The connection attempt failed.", "08001", new SocketException("Too many open files"));
    };
  }
}
