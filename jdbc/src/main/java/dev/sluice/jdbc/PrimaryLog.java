package dev.sluice.jdbc;

/**
 * How far the primary had written at which times: the last {@value #SIZE} checks, oldest first. For
 * one thread at a time.
 */
final class PrimaryLog {
  static final int SIZE = 256;

  private final long[] times = new long[SIZE];
  private final long[] positions = new long[SIZE];
  private int count;

  /** Adds what a check of the primary has found. Forgets what the primary does not have. */
  void add(long began, long position) {
    while (count > 0 && (positions[count - 1] > position || times[count - 1] - began >= 0)) {
      count--; // written by a former primary and lost, or older than what is known
    }
    if (count == SIZE) {
      count--;
      System.arraycopy(times, 1, times, 0, count);
      System.arraycopy(positions, 1, positions, 0, count);
    }
    times[count] = began;
    positions[count] = position;
    count++;
  }

  boolean isEmpty() {
    return count == 0;
  }

  long lastPosition() {
    return positions[count - 1];
  }

  long lastTime() {
    return times[count - 1];
  }

  long time(int sample) {
    return times[sample];
  }

  /** How long ago, from the last sample, the first one was taken. */
  long remembered() {
    return lastTime() - times[0];
  }

  /** The last sample with a position of at most this; -1 if there is none. */
  int lastAtMost(long position) {
    int sample = count - 1;
    while (sample >= 0 && positions[sample] > position) {
      sample--;
    }
    return sample;
  }
}
