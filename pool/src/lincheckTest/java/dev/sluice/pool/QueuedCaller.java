package dev.sluice.pool;

/** A waiter that nobody blocks for. */
final class QueuedCaller<R> extends Waiter<R> {
  private final Thread thread = Thread.currentThread();

  final int number;

  QueuedCaller(int number, long since, long deadline) {
    super(since, deadline, AcquireOptions.DEFAULT);
    this.number = number;
  }

  @Override
  Thread thread() {
    return thread;
  }

  @Override
  void signal() {}

  @Override
  boolean blocking() {
    return false;
  }
}
