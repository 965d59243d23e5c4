package dev.sluice.pool;

/**
 * Receives the outcomes of the work on resources. {@link ResourceWork} knows the classes above it
 * only through this interface.
 */
interface Outcomes<R> {
  /** A slot in transit holds a new resource, fit to be lent. */
  void ready(Slot<R> slot, long transit);

  /** A slot in transit passed its check or reset and is fit to be lent; its idle time continues. */
  void checked(Slot<R> slot, long transit);

  /** A check or reset lost its resource, for which a caller may be waiting. */
  void lost();

  /** An open, begun under {@code opening}, succeeded, and its resource was provided. */
  void opened(Slot<R> slot, long opening, long took);

  /** An open, begun under {@code opening}, failed or was abandoned, and its slot is free. */
  void openFailed(Slot<R> slot, long opening, Throwable cause);

  /** There may be new capacity: a slot became empty, or a stuck thread came back. */
  void emptied();

  /** A resource opened in the given epoch was found dead. */
  void suspected(int epoch, String why);
}
