package dev.sluice.pool;

import java.util.List;

/** Where a lease was acquired, taken for one in so many; its elements are built on demand. */
final class StackSample extends Throwable {
  private static final long serialVersionUID = 1L;

  private final long token;

  StackSample(long token) {
    super("acquired here");
    this.token = token;
  }

  long token() {
    return token;
  }

  List<StackTraceElement> frames() {
    return List.of(getStackTrace());
  }
}
