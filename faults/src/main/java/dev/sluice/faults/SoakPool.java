package dev.sluice.faults;

import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.testkit.Timing;
import java.time.Duration;

/** How the pools of a soak are configured, and what their limits promise. */
final class SoakPool {
  static final Duration OPEN_TIMEOUT = Duration.ofSeconds(1);
  static final Duration CALL_TIMEOUT = Duration.ofMillis(500);
  static final Duration LEAK_THRESHOLD = Duration.ofMillis(1_500);

  /**
   * How long it may take until a caller is served after a fault: borrowers that hang in dead
   * connections are cut off, what is left is checked, one is opened.
   */
  static final Duration SERVED_AGAIN;

  /** As long as the keeper leaves a place with a thread that may have died of an Error. */
  static final Duration SALVAGE = Timing.scaled(Duration.ofSeconds(6));

  private static final Duration BACKOFF_MAX = Duration.ofMillis(200);
  private static final int SOCKET_TIMEOUT_SECONDS = 8;

  static {
    SERVED_AGAIN =
        LEAK_THRESHOLD
            .plus(CALL_TIMEOUT)
            .plus(OPEN_TIMEOUT)
            .plus(BACKOFF_MAX)
            .plus(Promises.RECOVERY);
  }

  private SoakPool() {}

  /** A pool with short timeouts, which detects leaks and takes them back. */
  static SluiceBuilder at(String url, CredentialsSource credentials, int maxSize) {
    return Sluice.dataSource(url)
        .name("soak")
        .driverClassName(SoakDriver.class.getName())
        .driverProperty("prepareThreshold", "1")
        .driverProperty("socketFactory", SoakSockets.class.getName())
        // Else the driver waits for ever for an answer that was lost, and the server keeps the
        // session.
        .driverProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS))
        .credentials(credentials)
        .minSize(0)
        .maxSize(maxSize)
        .acquireTimeout(Duration.ofSeconds(1))
        .openTimeout(OPEN_TIMEOUT)
        .validationTimeout(CALL_TIMEOUT)
        .resetTimeout(CALL_TIMEOUT)
        .closeTimeout(CALL_TIMEOUT)
        .validateAfterIdle(Duration.ofMillis(20))
        .healthCheckInterval(Duration.ofMillis(200))
        .backoffMin(Duration.ofMillis(5))
        .backoffMax(BACKOFF_MAX)
        .leakThreshold(LEAK_THRESHOLD)
        .leakReclaim(true)
        .drainTimeout(Duration.ofSeconds(5));
  }
}
