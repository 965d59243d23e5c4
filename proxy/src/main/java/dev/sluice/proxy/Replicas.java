package dev.sluice.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The places of a pool that clients have which replicate. Each of them has a server of its own, in
 * a pool of one, for as long as it stays; the pool that the others share is smaller by as many.
 * Thread-safe.
 *
 * <ul>
 *   <li>R1: no more replicate than the pool may have servers.
 *   <li>R2: one begins only when so many servers of the shared pool have gone. It keeps one at
 *       least, so that clients that replicate cannot lock out the others.
 * </ul>
 */
final class Replicas {
  private final ServerPool shared;
  private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private int admitted;

  Replicas(ServerPool shared) {
    this.shared = shared;
  }

  /** How many replicate, or will as soon as there is room. */
  synchronized int places() {
    return Math.min(admitted + waiting.size(), most());
  }

  /** Asks for a place; completes when it is there. Cancelling it gives up. */
  CompletableFuture<Void> enter() {
    CompletableFuture<Void> place = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(place);
    }
    shared.resize();
    tick();
    return place;
  }

  /** Gives a place back. */
  void leave() {
    synchronized (this) {
      admitted--;
    }
    tick();
    shared.resize();
  }

  /** Looks whether there is room by now. Called several times a second. */
  void tick() {
    for (CompletableFuture<Void> next = admit(); next != null; next = admit()) {
      if (!next.complete(null)) { // it gave up
        synchronized (this) {
          admitted--;
        }
      }
    }
  }

  private synchronized @Nullable CompletableFuture<Void> admit() {
    waiting.removeIf(CompletableFuture::isDone);
    if (waiting.isEmpty() || admitted >= most()) {
      return null;
    }
    int left = Math.max(1, most() - admitted - 1); // R2
    if (shared.servers.size() > left) {
      return null;
    }
    admitted++;
    return waiting.poll();
  }

  private int most() {
    int size = shared.limits().poolSize();
    return size == 0 ? Integer.MAX_VALUE : size;
  }
}
