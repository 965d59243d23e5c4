package dev.sluice.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The threads that use the pool: the callers that are always there, and guests of one fault. */
final class SoakCrowd {
  private static final int FLOOD = 100;
  private static final int GUEST_NUMBERS = 1_000;

  private final Soak soak;

  /** Which caller holds which session; shared by all. */
  private final ConcurrentHashMap<Integer, Integer> holders = new ConcurrentHashMap<>();

  private final List<Thread> callers = new ArrayList<>();
  private final List<Thread> guests = new ArrayList<>();

  SoakCrowd(Soak soak) {
    this.soak = soak;
  }

  void start() {
    for (int i = 0; i < soak.plan().callers(); i++) {
      callers.add(started(new Thread(new SoakCaller(soak, i, holders), "soak-caller-" + i)));
    }
  }

  private static Thread started(Thread thread) {
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** A hundred callers more, at once, once each. */
  void flood() {
    for (int i = 0; i < FLOOD; i++) {
      SoakCaller caller = new SoakCaller(soak, GUEST_NUMBERS + i, holders);
      guest("soak-flood-" + i, caller::turn);
    }
  }

  /** Starts a thread that is joined after the fault. */
  void guest(String name, Runnable work) {
    guest(new Thread(work, name));
  }

  /** Starts a thread that is joined after the fault. */
  void guest(Thread thread) {
    guests.add(started(thread));
  }

  /** Interrupts one of the callers, at whatever place it is. */
  void interruptOne() {
    callers.get(soak.random().nextInt(callers.size())).interrupt();
  }

  void joinGuests() throws InterruptedException {
    join(guests);
    guests.clear();
  }

  void joinCallers() throws InterruptedException {
    join(callers);
  }

  private void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      if (thread.isAlive()) {
        String stack = List.of(thread.getStackTrace()).toString();
        soak.ledger().offence(soak.ledger().lateAnswers, thread.getName() + " hangs: " + stack);
      }
    }
  }
}
