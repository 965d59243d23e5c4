package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Callers that all begin at the same moment, on a thread each. */
final class Crowd {
  /** What one caller does from the moment at which all begin. */
  @FunctionalInterface
  interface Caller {
    void run(int index, long beginNanos) throws Exception;
  }

  private final ThreadFactory threads;
  private final int size;

  Crowd(ThreadFactory threads, int size) {
    this.threads = threads;
    this.size = size;
  }

  /**
   * Lets all callers go and waits for the last.
   *
   * @return the nanoseconds from the begin to the end of the last caller
   * @throws Exception what the first caller that failed threw
   */
  long run(Caller caller) throws Exception {
    Start start = new Start(size);
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int index = i;
      Thread thread = threads.newThread(() -> start.call(index, caller));
      thread.start();
      running.add(thread);
    }
    long begin = start.go();
    for (Thread thread : running) {
      thread.join();
    }
    long took = System.nanoTime() - begin;
    start.rethrow();
    return took;
  }

  /** The line behind which the callers stand. */
  private static final class Start {
    private final CountDownLatch ready;
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile long begin;

    Start(int size) {
      ready = new CountDownLatch(size);
    }

    long go() throws InterruptedException {
      ready.await();
      begin = System.nanoTime();
      go.countDown();
      return begin;
    }

    void call(int index, Caller caller) {
      ready.countDown();
      try {
        go.await();
        caller.run(index, begin);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
    }

    void rethrow() throws Exception {
      Throwable first = failure.get();
      if (first instanceof Exception e) {
        throw e;
      }
      if (first instanceof Error e) {
        throw e;
      }
    }
  }
}
