package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.SessionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * A pool of one connection on a fake database, that calls the driver for nothing but what its
 * borrower does. Who gets the connection after another gets the same one, cleaned.
 */
final class FakePool implements AutoCloseable {
  final FakeDatabase db = FakeDatabase.create();
  final SluiceDataSource ds;

  FakePool() {
    this(builder -> builder);
  }

  FakePool(UnaryOperator<SluiceBuilder> more) {
    this("FakeDB", more);
  }

  FakePool(String product, UnaryOperator<SluiceBuilder> more) {
    db.productName(product);
    SluiceBuilder quiet =
        Sluice.dataSource(db.url())
            .name("fake")
            .minSize(0)
            .maxSize(1)
            .validateAfterIdle(Duration.ofHours(1))
            .healthCheckInterval(Duration.ZERO)
            .keepaliveInterval(Duration.ZERO)
            .resumeGuard(false);
    ds = more.apply(quiet).build();
  }

  Connection get() throws SQLException {
    return ds.getConnection();
  }

  /** Lends the connection and takes it back, so that whatever was to be done to it is done. */
  FakePool settle() throws SQLException {
    get().close();
    return this;
  }

  /** What a caller is told, with a timeout, once the pool knows that it cannot open. */
  Throwable refusal(Duration timeout) {
    CompletableFuture<Connection> first = ds.getConnectionAsync();
    Eventually.await(() -> ds.stats().openFailures() > 0, "an open has failed");
    first.cancel(false);
    return catchThrowable(() -> ds.getConnection(timeout));
  }

  /** The one physical connection, from the server's side. */
  FakeConnection physical() {
    return db.connections().get(0);
  }

  SessionState session() {
    return physical().session();
  }

  /** What the driver was called for since {@code number} calls were made. */
  List<String> callsSince(long number) {
    return db.calls().stream()
        .filter(call -> call.number() > number)
        .map(call -> call.method().replace("Connection.", "") + call.arguments())
        .toList();
  }

  @Override
  public void close() {
    ds.close(Duration.ZERO);
    db.close();
  }
}
