package dev.sluice.proxy.ldap;

import dev.sluice.proxy.config.LdapOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.naming.NamingException;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks one LDAP server, on threads of its own, so that a server that does not answer holds up
 * nobody whose password another one judges. Thread-safe.
 *
 * <p>A check ends within its limit, whatever the server does: when the time is over, its verdict is
 * given and its sockets are closed. A check that waits for a thread past its limit is never made.
 */
final class LdapDirectory {
  /** Checks at the same time. */
  static final int THREADS_MAX = 8;

  /** Checks that wait for a thread. */
  static final int WAITING_MAX = 1_000;

  private static final long IDLE_SECONDS = 10;

  private final LdapOptions options;
  private final Supplier<SSLSocketFactory> tls;
  private final ScheduledExecutorService timer;
  private final ThreadPoolExecutor threads;

  LdapDirectory(
      LdapOptions options, Supplier<SSLSocketFactory> tls, ScheduledExecutorService timer) {
    this.options = options;
    this.tls = tls;
    this.timer = timer;
    AtomicInteger names = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            THREADS_MAX,
            THREADS_MAX,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            task -> new LdapThread(task, "sluice-ldap-" + names.incrementAndGet()));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Whether nobody waits for this server. */
  boolean isIdle() {
    return threads.getActiveCount() == 0 && threads.getQueue().isEmpty();
  }

  /**
   * Checks a password.
   *
   * @return completes with why it is refused, or with nothing if it is right; never exceptionally
   */
  CompletableFuture<Optional<String>> check(String user, byte[] password, Duration limit) {
    CompletableFuture<Optional<String>> verdict = new CompletableFuture<>();
    LdapSockets sockets = new LdapSockets(options.ldaps() ? tls : SocketFactory::getDefault);
    ScheduledFuture<?> end =
        timer.schedule(
            () -> expire(verdict, sockets, limit), limit.toNanos(), TimeUnit.NANOSECONDS);
    var unused = verdict.whenComplete((refusal, failure) -> end.cancel(false));
    try {
      threads.execute(() -> run(verdict, sockets, user, password));
    } catch (RejectedExecutionException e) {
      verdict.complete(
          Optional.of("too many logins (" + WAITING_MAX + ") wait for the LDAP server already"));
    }
    return verdict;
  }

  private void expire(
      CompletableFuture<Optional<String>> verdict, LdapSockets sockets, Duration limit) {
    verdict.complete(
        Optional.of("the LDAP server did not answer within " + limit.toMillis() + " ms"));
    sockets.cut();
  }

  private void run(
      CompletableFuture<Optional<String>> verdict,
      LdapSockets sockets,
      String user,
      byte[] password) {
    if (verdict.isDone()) { // its time was over before its turn
      return;
    }
    LdapThread thread = (LdapThread) Thread.currentThread();
    thread.use(sockets);
    try {
      new LdapBind(options, tls).check(user, password);
      verdict.complete(Optional.empty());
    } catch (LdapBind.Refused e) {
      verdict.complete(Optional.of(String.valueOf(e.getMessage())));
    } catch (NamingException | IOException | RuntimeException e) {
      verdict.complete(Optional.of(servers() + " cannot be asked: " + reason(e)));
    } finally {
      thread.use(null);
      sockets.cut();
      verdict.complete(Optional.of("the check ended with an error")); // else nobody would hear
    }
  }

  private String servers() {
    return "the LDAP server "
        + String.join(" ", options.servers().stream().map(LdapOptions.Server::toString).toList());
  }

  private static String reason(Exception e) {
    Throwable cause = e instanceof NamingException naming ? naming.getRootCause() : e.getCause();
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return cause == null || text.contains(String.valueOf(cause.getMessage()))
        ? text
        : text + " (" + cause + ")";
  }

  void close() {
    threads.shutdownNow();
  }
}
