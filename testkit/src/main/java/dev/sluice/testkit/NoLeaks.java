package dev.sluice.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves a thread or a socket behind.
 *
 * <p>Threads count by the beginning of their names: {@code sluice} and {@code testkit}, unless told
 * otherwise. What is there before the test may be there afterwards; what is new has {@link
 * Timing#LONG} to go. Sockets are seen where {@code /proc/self/fd} is. Not for tests that run
 * beside others in one JVM.
 */
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
  private static final Namespace NAMESPACE = Namespace.create(NoLeaks.class);

  private record Before(Set<Thread> threads, Set<String> sockets) {}

  private final List<String> prefixes;
  private final List<String> allowed;
  private final Duration limit;

  /** Watches for {@code sluice} and {@code testkit} threads; for {@code @ExtendWith}. */
  public NoLeaks() {
    this(List.of("sluice", "testkit"), List.of(), Timing.LONG);
  }

  private NoLeaks(List<String> prefixes, List<String> allowed, Duration limit) {
    this.prefixes = prefixes;
    this.allowed = allowed;
    this.limit = limit;
  }

  /** As this one, but threads whose names begin with one of these may stay. */
  public NoLeaks allowing(String... threadPrefixes) {
    return new NoLeaks(prefixes, List.of(threadPrefixes), limit);
  }

  /** As this one, with less or more patience. */
  public NoLeaks within(Duration patience) {
    return new NoLeaks(prefixes, allowed, patience);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put(this, new Before(threads(), OpenSockets.inodes()));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Before before = Objects.requireNonNull(context.getStore(NAMESPACE).remove(this, Before.class));
    Eventually.await(
        () -> newThreads(before).isEmpty() && OpenSockets.since(before.sockets()).isEmpty(),
        () -> "Left behind: " + describe(newThreads(before)) + OpenSockets.since(before.sockets()),
        limit);
  }

  private Set<Thread> threads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] all = new Thread[2 * root.activeCount() + 64];
    int count = root.enumerate(all); // stops nobody, as asking for their stacks would
    return Arrays.stream(all, 0, count)
        .filter(t -> startsWithAny(t.getName(), prefixes))
        .filter(t -> !startsWithAny(t.getName(), allowed))
        .collect(Collectors.toSet());
  }

  private static boolean startsWithAny(String name, List<String> prefixes) {
    return prefixes.stream().anyMatch(name::startsWith);
  }

  private Set<Thread> newThreads(Before before) {
    Set<Thread> now = new HashSet<>(threads());
    now.removeAll(before.threads());
    now.removeIf(t -> !t.isAlive());
    return now;
  }

  private static String describe(Set<Thread> threads) {
    return threads.stream().map(Thread::getName).sorted().collect(Collectors.joining(", ")) + " ";
  }
}
