package dev.sluice.spring.boot.crac;

import java.util.ArrayDeque;
import java.util.Deque;

/** Notifies all resources, in the reverse order of their registration, and then in that order. */
public final class Core {
  private static final Deque<Resource> RESOURCES = new ArrayDeque<>();

  private static volatile Runnable whileFrozen = () -> {};

  private Core() {}

  public static Context<Resource> getGlobalContext() {
    return RESOURCES::push;
  }

  /** Sets what happens between a checkpoint and its restore. */
  public static void whileFrozen(Runnable check) {
    whileFrozen = check;
  }

  public static void checkpointRestore() throws CheckpointException, RestoreException {
    CheckpointException before = new CheckpointException();
    for (Resource resource : RESOURCES) {
      try {
        resource.beforeCheckpoint(null);
      } catch (Exception e) {
        before.addSuppressed(e);
      }
    }
    if (before.getSuppressed().length > 0) {
      throw before;
    }
    try {
      whileFrozen.run();
    } finally {
      restore();
    }
  }

  private static void restore() throws RestoreException {
    RestoreException after = new RestoreException();
    RESOURCES
        .descendingIterator()
        .forEachRemaining(
            resource -> {
              try {
                resource.afterRestore(null);
              } catch (Exception e) {
                after.addSuppressed(e);
              }
            });
    if (after.getSuppressed().length > 0) {
      throw after;
    }
  }
}
