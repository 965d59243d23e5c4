package dev.sluice.pool;

import java.util.List;

/** A sampled stack of where a lease was acquired. Its elements are built on demand. */
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
