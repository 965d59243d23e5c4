package dev.sluice.bench.pools;

/**
 * Builds the pools by name, with as few classes as possible: a program that measures its first call
 * uses nothing of {@link PoolKind}.
 */
public final class Peers {
  private Peers() {}

  /** Opens the pool that the command line calls {@code key}, and waits for nothing. */
  public static OpenPool open(String key, PoolShape shape) throws Exception {
    return of(key).open(shape);
  }

  static Peer of(String key) {
    return switch (key) {
      case "sluice" -> SluicePeer.plain();
      case "sluice+leaks" -> SluicePeer.withLeakDetection();
      case "sluice+listener" -> SluicePeer.withListener();
      case "hikari" -> new HikariPeer();
      case "agroal" -> new AgroalPeer();
      case "beecp" -> new BeePeer();
      case "druid" -> new DruidPeer();
      case "tomcat" -> new TomcatPeer();
      case "vibur" -> new ViburPeer();
      case "dbcp2" -> new DbcpPeer();
      case "c3p0" -> new C3p0Peer();
      default -> throw new IllegalArgumentException(key);
    };
  }
}
