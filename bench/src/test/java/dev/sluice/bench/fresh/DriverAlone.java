package dev.sluice.bench.fresh;

import dev.sluice.bench.stub.StubDriver;
import dev.sluice.pool.PoolListener;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.Statement;
import java.util.Properties;
import java.util.ServiceLoader;

/**
 * What {@link FirstStatement} would do without a pool, with what a pool needs of the JVM in any
 * case: a thread, and a look for services.
 */
public final class DriverAlone {
  private DriverAlone() {}

  /** Prints how many services there are, which is none. */
  public static void main(String[] arguments) throws Exception {
    Class<?> type = Class.forName(StubDriver.class.getName());
    Driver driver = (Driver) type.getDeclaredConstructor().newInstance();
    Thread worker = new Thread("worker");
    worker.start();
    worker.join();
    try (Connection connection = driver.connect(StubDriver.URL, new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE t SET v = v + 1");
    }
    Answer.print(ServiceLoader.load(PoolListener.class).iterator().hasNext() ? 1 : 0);
  }
}
