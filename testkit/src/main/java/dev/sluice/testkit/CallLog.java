package dev.sluice.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** The last calls that a {@link FakeDatabase} saw. Thread-safe. */
final class CallLog {
  static final int LIMIT = 100_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<CallRecord> calls = new ArrayDeque<>();

  void add(CallRecord call) {
    lock.lock();
    try {
      if (calls.size() == LIMIT) {
        calls.removeFirst();
      }
      calls.addLast(call);
    } finally {
      lock.unlock();
    }
  }

  List<CallRecord> all() {
    lock.lock();
    try {
      return List.copyOf(calls);
    } finally {
      lock.unlock();
    }
  }

  List<CallRecord> ofMethod(String method) {
    return all().stream().filter(call -> call.method().equals(method)).toList();
  }

  List<String> methodsOf(int connection) {
    return all().stream()
        .filter(call -> call.connection() == connection)
        .map(CallRecord::method)
        .toList();
  }
}
