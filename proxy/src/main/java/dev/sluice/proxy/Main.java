package dev.sluice.proxy;

import dev.sluice.proxy.config.ConfigCheck;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.security.Security;
import java.util.List;
import java.util.Optional;

/**
 * {@code sluice serve}: runs a sidecar until a signal or the console ends it. It ends with 0 if all
 * went well, 1 if the sidecar could not start, and 2 if it was called in a way that it does not
 * know.
 */
public final class Main {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  private Main() {}

  /** Runs the command and ends the JVM. */
  public static void main(String[] arguments) {
    tuneNetty();
    leaveAddressesToTheSettings();
    LibraryLog.install();
    System.exit(run(System.out, System.err, arguments));
  }

  /**
   * Sets what Netty reads when its classes are loaded, unless the command line has set it. Its
   * search for leaks takes a stack trace of every 128th buffer, and is for tests.
   */
  private static void tuneNetty() {
    if (System.getProperty(LEAK_DETECTION) == null) {
      System.setProperty(LEAK_DETECTION, "disabled");
    }
  }

  /** The settings say how long addresses are remembered, so the JDK must not remember them too. */
  private static void leaveAddressesToTheSettings() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  static int run(PrintStream out, PrintStream err, String... arguments) {
    List<String> words = List.of(arguments);
    if (words.contains("--help") || words.contains("-h")) {
      out.print(ServeOptions.USAGE);
      return 0;
    }
    if (words.contains("--version") || words.contains("-V")) {
      out.println(SidecarVersion.line());
      return 0;
    }
    try {
      return serve(ServeOptions.parse(arguments), out, err);
    } catch (ServeOptions.UsageException e) {
      err.println("sluice serve: " + e.getMessage() + "; see --help");
      return MISUSED;
    } catch (IOException e) {
      err.println("sluice serve: " + e.getMessage());
      return FAILED;
    }
  }

  private static int serve(ServeOptions options, PrintStream out, PrintStream err)
      throws ServeOptions.UsageException, IOException {
    if (options.check()) {
      ConfigCheck check = ProxyConfig.check(options.file().orElseThrow());
      out.print(check.text());
      return check.usable() && ownUsable(options, out) ? 0 : FAILED;
    }
    try {
      OwnConfig own = OwnConfig.load(options.ownFile(), options.file());
      SidecarProcess.run(config(options), own, options, err);
      return 0;
    } catch (ConfigException e) {
      e.problems().forEach(problem -> err.println("sluice serve: " + problem));
      return FAILED;
    }
  }

  private static boolean ownUsable(ServeOptions options, PrintStream out) {
    try {
      OwnConfig.load(options.ownFile(), options.file());
      return true;
    } catch (ConfigException e) {
      e.problems().forEach(problem -> out.println("ERROR " + problem));
      return false;
    }
  }

  private static ProxyConfig config(ServeOptions options)
      throws ConfigException, ServeOptions.UsageException {
    if (options.file().isPresent()) {
      return ProxyConfig.load(options.file().get());
    }
    if (options.databaseUrl().isPresent()) {
      return ProxyConfig.fromUrl(options.databaseUrl().get(), System.getenv());
    }
    Optional<ProxyConfig> config = ProxyConfig.fromEnvironment(System.getenv());
    return config.orElseThrow(
        () ->
            new ServeOptions.UsageException(
                "nothing says which server to pool: give a file, --database-url, or set"
                    + " DATABASE_URL"));
  }
}
