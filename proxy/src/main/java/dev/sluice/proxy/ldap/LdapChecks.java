package dev.sluice.proxy.ldap;

import dev.sluice.proxy.config.LdapOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/** Has LDAP servers judge passwords. Thread-safe; no call blocks. */
public final class LdapChecks {
  /** How long a check may take, with its wait for a thread. */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private final Supplier<SSLSocketFactory> tls;
  private final Duration limit;

  /** Ends checks whose time is over. Not an event loop, because closing a socket may take time. */
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, LdapChecks::timerThread);

  private final ConcurrentMap<LdapOptions, LdapDirectory> directories = new ConcurrentHashMap<>();

  /** Checks with TLS as the JVM's trust store wants it. Starts no thread yet. */
  public LdapChecks() {
    this(() -> (SSLSocketFactory) SSLSocketFactory.getDefault(), LIMIT);
  }

  /** Checks with another trust store or another limit. */
  LdapChecks(Supplier<SSLSocketFactory> tls, Duration limit) {
    this.tls = tls;
    this.limit = limit;
    timer.setRemoveOnCancelPolicy(true);
  }

  private static Thread timerThread(Runnable task) {
    Thread thread = new Thread(task, "sluice-ldap-limit");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Checks a password.
   *
   * @param password as the client sent it
   * @return completes, on any thread, with why it is refused, for the log; with nothing if it is
   *     right. Never exceptionally
   */
  public CompletableFuture<Optional<String>> check(
      LdapOptions options, String user, byte[] password) {
    LdapDirectory directory = directories.get(options);
    if (directory == null) {
      forgetIdle();
      directory = directories.computeIfAbsent(options, same -> new LdapDirectory(same, tls, timer));
    }
    return directory.check(user, password, limit);
  }

  /** Drops servers that another configuration had. Their threads end by themselves. */
  private void forgetIdle() {
    directories.values().removeIf(LdapDirectory::isIdle);
  }

  /** Stops all checks. */
  public void close() {
    directories.values().forEach(LdapDirectory::close);
    timer.shutdownNow();
  }
}
