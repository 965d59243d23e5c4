package dev.sluice.pool;

/**
 * Receives what came of the work on resources. {@link ResourceWork} knows nothing else of those who
 * act on it.
 */
interface Outcomes<R> {
  /** A slot in transit holds a new resource, fit to be lent. */
  void ready(Slot<R> slot, long transit);

  /** A slot in transit came through its check or reset, fit to be lent; it goes on resting. */
  void checked(Slot<R> slot, long transit);

  /** A check or reset ended with the loss of its resource, for which a caller may be waiting. */
  void lost();

  /** An open, begun under {@code opening}, succeeded; its resource is with whoever needed it. */
  void opened(Slot<R> slot, long opening, long took);

  /** An open, begun under {@code opening}, failed or was given up, and its place is free. */
  void openFailed(Slot<R> slot, long opening, Throwable cause);

  /** There may be room that was not there before: a place is empty, a stuck thread is back. */
  void emptied();

  /** A resource opened in the given epoch was found dead. */
  void suspected(int epoch, String why);
}
