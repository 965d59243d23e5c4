package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The JVM in which one pool runs one scenario once: {@code Worker <request file> <result file>}.
 * Whatever the pool prints goes to the standard streams, so the result goes to a file.
 */
final class Worker {
  /**
   * What the worker is to do.
   *
   * @param scenario the scenario's name
   * @param pool the pool
   * @param plan how long
   * @param target on which database
   */
  record Request(String scenario, PoolKind pool, Plan plan, Target target) {
    /** Writes the request, with the arguments of JVMs that the worker may have to start. */
    void write(Path file, List<String> jvmArguments) throws IOException {
      Properties properties = new Properties();
      properties.setProperty("jvmArguments", String.join("\n", jvmArguments));
      properties.setProperty("scenario", scenario);
      properties.setProperty("pool", pool.name());
      properties.setProperty("driver", target.driverClass());
      properties.setProperty("url", target.url());
      properties.setProperty("user", target.user());
      properties.setProperty("password", target.password());
      plan.write(properties);
      store(properties, file);
    }

    static Request read(Properties properties) {
      return new Request(
          properties.getProperty("scenario"),
          PoolKind.valueOf(properties.getProperty("pool")),
          Plan.read(properties),
          new Target(
              properties.getProperty("driver"),
              properties.getProperty("url"),
              properties.getProperty("user"),
              properties.getProperty("password")));
    }
  }

  private Worker() {}

  /** Reads the request, runs it, writes the sample. */
  public static void main(String[] arguments) throws Exception {
    Properties properties = load(Path.of(arguments[0]));
    Request request = Request.read(properties);
    List<String> jvmArguments = properties.getProperty("jvmArguments").lines().toList();
    Sample sample =
        new Scenarios(new JvmOptions(jvmArguments, true))
            .named(request.scenario())
            .run(request.pool(), request.plan(), request.target());
    store(sample.toProperties(), Path.of(arguments[1]));
    // Some pools leave threads behind that would keep the JVM alive.
    System.exit(0);
  }

  static Properties load(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }

  private static void store(Properties properties, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
  }
}
