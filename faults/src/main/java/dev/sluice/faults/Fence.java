package dev.sluice.faults;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sessions that nobody may be lent who asks after a moment. Safe for any thread. */
final class Fence {
  private volatile @Nullable Line line;

  private record Line(Set<Integer> sessions, long since) {}

  /** From now on, none of the sessions may be lent. */
  void raise(Set<Integer> sessions) {
    line = new Line(sessions, System.nanoTime());
  }

  void lower() {
    line = null;
  }

  /** Whether a session was fenced off before somebody asked for one, as the nano clock has it. */
  boolean keepsOut(int session, long asked) {
    Line now = line;
    return now != null && asked - now.since() > 0 && now.sessions().contains(session);
  }
}
