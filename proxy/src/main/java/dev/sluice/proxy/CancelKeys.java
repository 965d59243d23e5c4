package dev.sluice.proxy;

/**
 * The keys of cancel requests, with PgBouncer's bits for peers, so that both can be peers of each
 * other: the second and third byte have the peer's number, the last two bits how often a request
 * may still be passed on.
 */
final class CancelKeys {
  private static final long HOPS = 3;

  private CancelKeys() {}

  /** A key of this process, from a random number that is not negative; 0: it has no peers. */
  static long make(long random, int peerId) {
    if (peerId == 0) {
      return random;
    }
    long low = peerId & 0xffL;
    long high = (peerId >>> 8) & 0xffL;
    return (random & ~(0xffffL << 40)) | (low << 48) | (high << 40) | HOPS;
  }

  /** The number of the peer whose client has this key. */
  static int peerOf(long key) {
    return (int) (((key >>> 48) & 0xff) | (((key >>> 40) & 0xff) << 8));
  }

  /** The key as it was made, however often it was passed on. */
  static long original(long key) {
    return key | HOPS;
  }

  /** Whether a request may be passed on to a peer. */
  static boolean mayGoOn(long key) {
    return (key & HOPS) != 0;
  }

  /** The key of a request that is passed on. */
  static long passedOn(long key) {
    return key - 1;
  }
}
