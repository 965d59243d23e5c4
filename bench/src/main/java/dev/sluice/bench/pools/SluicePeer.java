package dev.sluice.bench.pools;

/** Sluice. */
final class SluicePeer implements Peer {
  private final boolean watched;

  private SluicePeer(boolean watched) {
    this.watched = watched;
  }

  /** Sluice as it is by default. */
  static SluicePeer plain() {
    return new SluicePeer(false);
  }

  /** Sluice with leak detection and a listener that counts every acquisition and release. */
  static SluicePeer watched() {
    return new SluicePeer(true);
  }

  @Override
  public OpenPool open(PoolShape shape) {
    throw new UnsupportedOperationException("Sluice's DataSource is not here yet: " + watched);
  }
}
