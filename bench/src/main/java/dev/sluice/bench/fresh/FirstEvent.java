package dev.sluice.bench.fresh;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.Peers;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/**
 * What a function does when it is first called: from {@code main} to the answer to one event, with
 * a pool of one connection. {@code FirstEvent <pool> <driver> <url> <user> <password> <sql>}, and
 * {@code train} behind it if the JVM is to end in order, so that it writes its cache.
 */
public final class FirstEvent {
  private static final int TRAIN = 6;

  private FirstEvent() {}

  /** Prints the nanoseconds that it took. */
  public static void main(String[] arguments) throws Exception {
    long begin = System.nanoTime();
    Target target = new Target(arguments[1], arguments[2], arguments[3], arguments[4]);
    OpenPool pool = Peers.open(arguments[0], PoolShape.fixed(target, 1));
    try (Connection connection = pool.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement(arguments[5])) {
      statement.setInt(1, 1);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
      }
    }
    long took = System.nanoTime() - begin;
    if (arguments.length == TRAIN) {
      Answer.print(took);
    }
    Answer.say(took);
    System.exit(0);
  }
}
