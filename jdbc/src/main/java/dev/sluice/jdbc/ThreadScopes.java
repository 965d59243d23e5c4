package dev.sluice.jdbc;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Scopes on JVMs without scoped values: an entry for each thread that is in one, and no longer. */
final class ThreadScopes extends Scopes {
  private final ConcurrentHashMap<Thread, Scope> scopes = new ConcurrentHashMap<>();

  @Override
  @Nullable Scope innermost() {
    return scopes.get(Thread.currentThread());
  }

  @Override
  void run(Scope scope, Runnable work) {
    Thread thread = Thread.currentThread();
    Scope outer = scopes.put(thread, scope);
    try {
      work.run();
    } finally {
      if (outer == null) {
        scopes.remove(thread);
      } else {
        scopes.put(thread, outer);
      }
    }
  }

  /** How many threads are in a scope. */
  int size() {
    return scopes.size();
  }
}
