package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/** Which scope a thread is in, for one data source. Thread-safe. */
abstract class Scopes {
  /** The first JVM whose {@code ScopedValue} is no preview. */
  static final int SCOPED_VALUES_SINCE = 25;

  /** By scoped values where the JVM has them. */
  static Scopes create() {
    return Runtime.version().feature() >= SCOPED_VALUES_SINCE
        ? new ValueScopes()
        : new ThreadScopes();
  }

  /** The running thread's scope; null if it is in none, or its connection was closed. */
  final @Nullable Scope current() {
    Scope innermost = innermost();
    return innermost != null && innermost.isOwn() ? innermost : null;
  }

  /** The scope that was begun last, perhaps by another thread. */
  abstract @Nullable Scope innermost();

  /** Runs work in a scope. */
  abstract void run(Scope scope, Runnable work);
}
