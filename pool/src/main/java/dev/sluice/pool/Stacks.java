package dev.sluice.pool;

import java.util.List;

/** Stacks, reduced to what a person looks for in them. */
final class Stacks {
  private static final int FRAMES = 3;

  private Stacks() {}

  /** The first frames of the application's own, those of the JDK and of the pool left out. */
  static String caller(List<StackTraceElement> stack) {
    List<String> own =
        stack.stream()
            .filter(frame -> !isInfrastructure(frame.getClassName()))
            .limit(FRAMES)
            .map(StackTraceElement::toString)
            .toList();
    return own.isEmpty() ? stack.get(0).toString() : String.join(" < ", own);
  }

  private static boolean isInfrastructure(String className) {
    return className.startsWith("java.")
        || className.startsWith("jdk.")
        || className.startsWith("sun.")
        || className.startsWith("dev.sluice.pool.")
        || className.startsWith("dev.sluice.jdbc.");
  }
}
