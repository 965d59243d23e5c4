package dev.sluice.testkit;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens around a call into the fake driver, in place of the plain call.
 *
 * <p>A fault is called on the caller's thread and may be called by many at once.
 */
@FunctionalInterface
public interface Fault {

  /**
   * Decides the call's fate: wait, throw, answer, or {@link Call#proceed}.
   *
   * @return the call's result, null for void
   */
  @Nullable Object around(Call call) throws Throwable;

  /** Takes that long, then proceeds; an abort of the connection or an interrupt ends the wait. */
  static Fault slow(Duration time) {
    return call -> {
      call.connection().pauses().pause(time);
      return call.proceed();
    };
  }

  /** Fails with that SQLSTATE and vendor code 0, without effect. */
  static Fault fail(String sqlState) {
    return fail(sqlState, 0);
  }

  /** Fails with that SQLSTATE and vendor code, without effect. */
  static Fault fail(String sqlState, int vendorCode) {
    return failWith(() -> new SQLException("Injected failure " + sqlState, sqlState, vendorCode));
  }

  /** Throws what the supplier gives, a fresh one each time, without effect. */
  static Fault failWith(Supplier<? extends Throwable> failure) {
    return call -> {
      throw failure.get();
    };
  }

  /** Has its effect, and then fails: the answer was lost on the way. */
  static Fault failAfterwards(Supplier<? extends Throwable> failure) {
    return call -> {
      call.proceed();
      throw failure.get();
    };
  }

  /** Fails with that SQLSTATE, and the server drops the connection. */
  static Fault breakConnection(String sqlState) {
    return call -> {
      call.connection().kill(sqlState);
      throw new SQLException("Injected loss of the connection " + sqlState, sqlState);
    };
  }

  /** Answers that, without effect. */
  static Fault answer(@Nullable Object result) {
    return call -> result;
  }

  /** Never comes back until {@link Hang#release}, an abort of the connection, or an interrupt. */
  static Hang hang() {
    return new Hang(false);
  }

  /** Never comes back until {@link Hang#release}: neither abort nor interrupt help. */
  static Hang hangDeaf() {
    return new Hang(true);
  }

  /** A place where calls get stuck. */
  final class Hang implements Fault {
    private final Set<CountDownLatch> stuck = ConcurrentHashMap.newKeySet();
    private final boolean deaf;
    private volatile boolean released;

    private Hang(boolean deaf) {
      this.deaf = deaf;
    }

    @Override
    public @Nullable Object around(Call call) throws Throwable {
      CountDownLatch wake = new CountDownLatch(1);
      stuck.add(wake);
      try {
        if (!released) {
          waitFor(wake, call);
        }
      } finally {
        stuck.remove(wake);
      }
      return call.proceed();
    }

    private void waitFor(CountDownLatch wake, Call call) throws SQLException {
      if (deaf) {
        awaitUninterruptibly(wake);
      } else {
        call.connection().pauses().pause(Sleeper.FOREVER, wake);
      }
    }

    private static void awaitUninterruptibly(CountDownLatch wake) {
      boolean interrupted = false;
      while (true) {
        try {
          wake.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    /** Lets all who are stuck, and all who come later, go on. */
    public void release() {
      released = true;
      stuck.forEach(CountDownLatch::countDown);
    }

    /** How many calls are stuck here now. */
    public int inside() {
      return stuck.size();
    }
  }
}
