package dev.sluice.proxy;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's wait for a server: one at a time, and the client may give up. Runs on the client's
 * loop.
 *
 * <pre>
 *   NONE → WAITING      {@link #begin}
 *   WAITING → NONE      lent, refused, or given up; a server that is lent too late goes back
 * </pre>
 */
final class ServerWait {
  /** What comes of it, once. */
  interface Outcome {
    void lent(ServerLease given);

    /** Nobody lends one; {@code atOnce} if the client did not wait. */
    void refused(Throwable failure, boolean atOnce);
  }

  private final Outcome outcome;
  private @Nullable CompletableFuture<ServerLease> asked;

  ServerWait(Outcome outcome) {
    this.outcome = outcome;
  }

  void begin(Supplier<CompletableFuture<ServerLease>> asking) {
    CompletableFuture<ServerLease> wait = asking.get();
    boolean atOnce = wait.isDone();
    asked = wait;
    wait.whenComplete(
        (given, failure) -> {
          boolean wanted = asked == wait;
          if (wanted) {
            asked = null;
          }
          if (given == null) {
            if (wanted && failure != null) {
              outcome.refused(failure, atOnce);
            }
          } else if (wanted) {
            outcome.lent(given);
          } else {
            given.close(); // the client has gone
          }
        });
  }

  void giveUp() {
    CompletableFuture<ServerLease> wait = asked;
    if (wait != null) {
      asked = null;
      wait.cancel(false);
    }
  }
}
