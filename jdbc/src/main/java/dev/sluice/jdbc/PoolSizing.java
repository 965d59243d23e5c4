package dev.sluice.jdbc;

/**
 * Rules of thumb for the size of a pool. Each gives a number to start from; measure, then choose. A
 * pool is a limit that protects the database, not a means to make it faster: beyond what the server
 * works on at once, more connections mean longer queries.
 */
public final class PoolSizing {
  private PoolSizing() {}

  /**
   * What a database server with its own disks works on at once: two per core, one per spindle. Four
   * cores and an SSD (one): 9.
   *
   * @param cores of the <em>server</em>, at least 1
   * @param spindles disks that seek independently; 1 for an SSD, 0 if all data is in memory
   */
  public static int spindles(int cores, int spindles) {
    positive("cores", cores);
    notNegative("spindles", spindles);
    return Math.addExact(Math.multiplyExact(2, cores), spindles);
  }

  /**
   * For a database that already pools behind its address: one per core.
   *
   * @param cores of the server, at least 1
   */
  public static int forPooledServer(int cores) {
    positive("cores", cores);
    return cores;
  }

  /**
   * What a load keeps busy, by Little's law: the rate of arrival times the time for which each
   * holds its connection, divided by how busy the pool may be. 400 a second for 20 ms each, at 0.7:
   * 12.
   *
   * @param requestsPerSecond how many arrive, not how many there are at once; above 0
   * @param holdMillis how long one keeps a connection on average, in milliseconds; above 0
   * @param targetUtilisation the part of the pool that may be busy on average, above 0, at most 1;
   *     0.7 leaves room for waves
   */
  public static int littlesLaw(
      double requestsPerSecond, double holdMillis, double targetUtilisation) {
    positive("requestsPerSecond", requestsPerSecond);
    positive("holdMillis", holdMillis);
    if (!(targetUtilisation > 0 && targetUtilisation <= 1)) {
      throw new IllegalArgumentException(
          "targetUtilisation must be above 0 and at most 1, is " + targetUtilisation);
    }
    double busy = requestsPerSecond * holdMillis / 1000 / targetUtilisation;
    // What floating point adds behind the twelfth digit must not cost a connection.
    double size = Math.ceil(busy - busy * 1e-12);
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no pool is so large: " + size + " connections");
    }
    return Math.max(1, (int) size);
  }

  /**
   * What each instance of an application may take at most so that all of them fit.
   *
   * @param serverMax connections that the server allows ({@code max_connections})
   * @param reserved those kept for administration, migrations, other applications
   * @param instances of this application, those of a rolling update included; at least 1
   * @throws IllegalArgumentException if there is not one connection for each
   */
  public static int perInstance(int serverMax, int reserved, int instances) {
    positive("serverMax", serverMax);
    notNegative("reserved", reserved);
    positive("instances", instances);
    int each = (serverMax - reserved) / instances;
    if (each < 1) {
      throw new IllegalArgumentException(
          "the server's "
              + serverMax
              + " connections, "
              + reserved
              + " of them reserved, do not give"
              + " one to each of "
              + instances
              + " instances");
    }
    return each;
  }

  /**
   * The fewest connections with which threads that need several at once can't block each other for
   * ever: {@code threads × (connectionsEach − 1) + 1}.
   *
   * @param threads that may be at it at once, at least 1
   * @param connectionsEach how many one of them holds at the same time, at least 1
   */
  public static int deadlockFree(int threads, int connectionsEach) {
    positive("threads", threads);
    positive("connectionsEach", connectionsEach);
    return Math.addExact(Math.multiplyExact(threads, connectionsEach - 1), 1);
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be above 0, is " + value);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }

  private static void notNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, is " + value);
    }
  }
}
