package dev.sluice.bench.pools;

/** Sluice. */
final class SluicePeer implements Peer {
  static SluicePeer plain() {
    return new SluicePeer();
  }

  static SluicePeer withLeakDetection() {
    return new SluicePeer();
  }

  static SluicePeer withListener() {
    return new SluicePeer();
  }

  @Override
  public OpenPool open(PoolShape shape) {
    throw new UnsupportedOperationException("Sluice's DataSource is not here yet");
  }
}
