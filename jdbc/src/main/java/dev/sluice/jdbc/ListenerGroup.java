package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several listeners as one. What one of them throws does not keep the news from the others. */
final class ListenerGroup implements PoolListener {
  private final List<PoolListener> listeners;

  private ListenerGroup(List<PoolListener> listeners) {
    this.listeners = listeners;
  }

  static PoolListener of(List<PoolListener> listeners) {
    return switch (listeners.size()) {
      case 0 -> NONE;
      case 1 -> listeners.get(0);
      default -> new ListenerGroup(List.copyOf(listeners));
    };
  }

  private void tell(Consumer<PoolListener> news) {
    RuntimeException failure = null;
    for (PoolListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (RuntimeException e) {
        failure = suppressing(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
  private static RuntimeException suppressing(
      @Nullable RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    if (first != next) {
      first.addSuppressed(next);
    }
    return first;
  }

  @Override
  public void opened(long id, Duration took) {
    tell(l -> l.opened(id, took));
  }

  @Override
  public void openFailed(Throwable cause, Duration retryIn) {
    tell(l -> l.openFailed(cause, retryIn));
  }

  @Override
  public void acquired(long id, Duration waited) {
    tell(l -> l.acquired(id, waited));
  }

  @Override
  public void released(long id) {
    tell(l -> l.released(id));
  }

  @Override
  public void queued(int waiting) {
    tell(l -> l.queued(waiting));
  }

  @Override
  public void acquireFailed(AcquireException.Kind kind) {
    tell(l -> l.acquireFailed(kind));
  }

  @Override
  public void invalidated(long id) {
    tell(l -> l.invalidated(id));
  }

  @Override
  public void reset(long id, Duration took) {
    tell(l -> l.reset(id, took));
  }

  @Override
  public void closed(long id, CloseReason reason, Duration age) {
    tell(l -> l.closed(id, reason, age));
  }

  @Override
  public void leaked(LeaseInfo lease) {
    tell(l -> l.leaked(lease));
  }

  @Override
  public void slowLease(LeaseInfo lease) {
    tell(l -> l.slowLease(lease));
  }

  @Override
  public void slowAcquire(Duration waited) {
    tell(l -> l.slowAcquire(waited));
  }

  @Override
  public void recovered(Duration downFor) {
    tell(l -> l.recovered(downFor));
  }

  @Override
  public void resized(int minSize, int maxSize) {
    tell(l -> l.resized(minSize, maxSize));
  }

  @Override
  public void epochRaised(String why) {
    tell(l -> l.epochRaised(why));
  }

  @Override
  public void suspended() {
    tell(PoolListener::suspended);
  }

  @Override
  public void resumed() {
    tell(PoolListener::resumed);
  }

  @Override
  public void abandoned(long id, String what) {
    tell(l -> l.abandoned(id, what));
  }

  @Override
  public void backgroundError(String what, Throwable cause) {
    tell(l -> l.backgroundError(what, cause));
  }

  @Override
  public void poolClosed(List<LeaseInfo> abandoned) {
    tell(l -> l.poolClosed(abandoned));
  }
}
