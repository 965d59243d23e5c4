package dev.sluice.r2dbc;

import dev.sluice.pool.ResourceFactory;
import dev.sluice.pool.ResourceInfo;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Opens, checks, cleans and closes a driver's connections for the engine. It blocks the engine's
 * workers, which are no event loops. So a driver that opens a connection on the loop of the thread
 * that asks, as Reactor Netty does, finds no loop and takes the next of all. {@link DriverTurns}
 * keeps the order.
 */
final class R2dbcResources implements ResourceFactory<PhysicalConnection> {
  private final DriverTurns driver;
  private final Check check;
  private final SessionReset reset;
  private final Duration resetTimeout;
  private final Duration closeTimeout;
  private final LoopCount loops;

  /**
   * How a connection is checked.
   *
   * @param query the query to run; null to ask the driver
   */
  record Check(@Nullable String query, ValidationDepth depth) {}

  R2dbcResources(
      ConnectionFactory driver,
      Check check,
      SessionReset reset,
      Duration resetTimeout,
      Duration closeTimeout,
      LoopCount loops) {
    this.driver = new DriverTurns(driver);
    this.check = check;
    this.reset = reset;
    this.resetTimeout = resetTimeout;
    this.closeTimeout = closeTimeout;
    this.loops = loops;
  }

  @Override
  public PhysicalConnection open(Duration timeout) throws Exception {
    DriverTurns.Arrival arrival =
        Await.first(driver, timeout, late -> closeSoon(late.connection()));
    try {
      PhysicalConnection opened = new PhysicalConnection(arrival.connection(), arrival.thread());
      if (opened.loop != null) {
        loops.cameOn(arrival.thread());
      }
      reset.begin(opened, timeout);
      return opened;
    } catch (Exception e) {
      closeSoon(arrival.connection());
      throw e;
    }
  }

  @Override
  public boolean validate(PhysicalConnection connection, ResourceInfo info, Duration timeout)
      throws Exception {
    String query = check.query();
    if (query != null) {
      Await.last(new RowCounts(connection.raw.createStatement(query).execute()), timeout);
      return true;
    }
    return Boolean.TRUE.equals(Await.last(connection.raw.validate(check.depth()), timeout));
  }

  @Override
  public boolean reset(PhysicalConnection connection, ResourceInfo info) throws Exception {
    return reset.clean(connection, resetTimeout);
  }

  @Override
  public void close(PhysicalConnection connection) throws Exception {
    Await.last(connection.raw.close(), closeTimeout);
  }

  /** The driver's own close is all that the SPI has; nobody waits for it. */
  @Override
  public void abort(PhysicalConnection connection) {
    closeSoon(connection.raw);
  }

  private static void closeSoon(Connection connection) {
    connection.close().subscribe(new Ignoring());
  }

  @Override
  public boolean outlivesHandle(PhysicalConnection connection) {
    return connection.isUsed();
  }

  @Override
  public boolean isPermanent(Throwable openFailure) {
    if (openFailure instanceof R2dbcPermissionDeniedException) {
      return true;
    }
    String state = openFailure instanceof R2dbcException known ? known.getSqlState() : null;
    return state != null && (state.startsWith("28") || state.equals("3D000"));
  }

  @Override
  public String explain(Throwable openFailure) {
    Throwable root = openFailure;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root.equals(openFailure) ? text(openFailure) : text(openFailure) + ": " + text(root);
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    String text = message == null ? name : name + ": " + message;
    return text.replaceAll("\\s+", " ");
  }

  @Override
  public String noun() {
    return "connection";
  }

  /** Subscribes for the effect alone: the connection is given up, so its failure tells nothing. */
  private static final class Ignoring implements Subscriber<Void> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Void nothing) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
