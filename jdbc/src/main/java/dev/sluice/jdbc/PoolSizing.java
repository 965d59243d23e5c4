package dev.sluice.jdbc;

import java.time.Duration;

/**
 * Rules of thumb for the size of a pool. Each gives a starting point: measure, then choose. A pool
 * protects the database; it does not make it faster. Beyond the number of queries that the server
 * can work on at once, more connections mean longer queries.
 */
public final class PoolSizing {
  private PoolSizing() {}

  /**
   * How many queries a database server with its own disks works on at once, for all pools together:
   * two per core, one per spindle. With an SSD (one spindle), 4 cores make 9, 8 make 17, and 24
   * make 49. Rounded up to the next ten, these are the largest sizes of {@link PoolPresets}.
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
   * The size for a database that has a pooler in front of it: one per core.
   *
   * @param cores of the server, at least 1
   */
  public static int forPooledServer(int cores) {
    positive("cores", cores);
    return cores;
  }

  /**
   * The connections that a load needs, by Little's law: the request rate times the time that each
   * request holds its connection, divided by the target utilisation. 400 requests a second, 20 ms
   * each, at 0.7 give 12.
   *
   * @param requestsPerSecond how many requests arrive per second, not how many run at once; above 0
   * @param hold how long a request holds a connection on average; above 0
   * @param targetUtilisation the part of the pool that may be busy on average, above 0, at most 1;
   *     0.7 leaves room for peaks
   */
  public static int littlesLaw(double requestsPerSecond, Duration hold, double targetUtilisation) {
    positive("requestsPerSecond", requestsPerSecond);
    double holdSeconds = hold.getSeconds() + hold.getNano() / 1e9;
    positive("hold", holdSeconds);
    if (!(targetUtilisation > 0 && targetUtilisation <= 1)) {
      throw new IllegalArgumentException(
          "targetUtilisation must be above 0 and at most 1, is " + targetUtilisation);
    }
    double busy = requestsPerSecond * holdSeconds / targetUtilisation;
    // A floating-point error behind the twelfth digit must not cost a connection.
    double size = Math.ceil(busy - busy * 1e-12);
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(size + " connections are more than a pool can have");
    }
    return Math.max(1, (int) size);
  }

  /**
   * The most connections that each instance of an application may use so that all instances fit.
   *
   * @param serverMax connections that the server allows ({@code max_connections})
   * @param reserved connections kept free for administration, migrations, other applications
   * @param instances instances of this application, including those of a rolling update; at least 1
   * @throws IllegalArgumentException if there is less than one connection per instance
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
   * The fewest connections with which threads that hold several at once cannot deadlock: {@code
   * threads × (connectionsEach − 1) + 1}.
   *
   * @param threads threads that may do this at once, at least 1
   * @param connectionsEach how many connections each of them holds at once, at least 1
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
