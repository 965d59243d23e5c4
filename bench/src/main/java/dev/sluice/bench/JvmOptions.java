package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * The JVMs that measure.
 *
 * @param arguments what they are started with
 * @param fork whether there are any; if not, everything runs in this JVM, where pools disturb one
 *     another, which is good enough for a test
 */
record JvmOptions(List<String> arguments, boolean fork) {
  private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

  JvmOptions {
    arguments = List.copyOf(arguments);
  }

  /** A JVM per run, with the same heap for everybody. */
  static JvmOptions forked(List<String> more) {
    List<String> arguments = new ArrayList<>(HEAP);
    arguments.addAll(more);
    return new JvmOptions(arguments, true);
  }

  /** Everything in this JVM. */
  static JvmOptions inProcess() {
    return new JvmOptions(List.of(), false);
  }
}
