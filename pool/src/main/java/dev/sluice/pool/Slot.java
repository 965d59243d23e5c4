package dev.sluice.pool;

/** stub */
@SuppressWarnings("UnusedTypeParameter") // a stub so far
public final class Slot<R> {
  Slot() {}
}
