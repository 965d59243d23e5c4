package dev.sluice.compat.clients;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** vertx-pg-client, which keeps its prepared statements. It has no COPY. */
final class VertxDriver implements Driver {
  private static final long LIMIT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final PgConnection connection;
  private Transaction transaction;

  VertxDriver(Front front) throws Exception {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(front.port())
            .setUser(front.user())
            .setPassword(front.password())
            .setDatabase(Front.DATABASE)
            .setCachePreparedStatements(true);
    connection = wait(PgConnection.connect(vertx, options));
  }

  private static <T> T wait(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public String ask(String sql) throws Exception {
    return String.valueOf(wait(connection.query(sql).execute()).iterator().next().getValue(0));
  }

  @Override
  public int increment(int number) throws Exception {
    return wait(connection.preparedQuery("SELECT $1::int + 1").execute(Tuple.of(number)))
        .iterator()
        .next()
        .getInteger(0);
  }

  @Override
  public void begin() throws Exception {
    transaction = wait(connection.begin());
  }

  @Override
  public void commit() throws Exception {
    wait(transaction.commit());
  }

  @Override
  public void rollback() throws Exception {
    wait(transaction.rollback());
  }

  @Override
  public CompletableFuture<String> attempt(String sql) {
    return connection
        .query(sql)
        .execute()
        .map(rows -> "")
        .recover(
            e ->
                e instanceof PgException refused
                    ? Future.succeededFuture(refused.getSqlState())
                    : Future.failedFuture(e))
        .toCompletionStage()
        .toCompletableFuture();
  }

  @Override
  public void cancel() throws Exception {
    wait(connection.cancelRequest());
  }

  @Override
  public long copyIn(String sql, String rows) {
    throw new UnsupportedOperationException("vertx-pg-client has no COPY");
  }

  @Override
  public void close() {
    try {
      wait(connection.close());
      wait(vertx.close());
    } catch (Exception e) {
      throw new AssertionError("The driver does not close its connection.", e);
    }
  }
}
