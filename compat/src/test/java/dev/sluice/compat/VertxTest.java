package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Timing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Vert.x's JDBC client, which pools over the data source that it gets. */
class VertxTest extends FrameworkTest {

  // tag::vertx[]
  /** Vert.x pools as well: with the same size it never waits for Sluice, nor keeps more. */
  static Pool client(Vertx vertx, DataSource dataSource, int maxSize) {
    return JDBCPool.pool(vertx, dataSource, new PoolOptions().setMaxSize(maxSize));
  }

  // end::vertx[]

  private static <T> T result(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void queriesAndTransactionsOfACrowd() throws Exception {
    SluiceDataSource dataSource = pool();
    Vertx vertx = Vertx.vertx();
    try {
      Pool client = client(vertx, dataSource, 2);
      result(client.query("CREATE TABLE book (id INT PRIMARY KEY)").execute());
      List<Future<?>> inserts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String sql = "INSERT INTO book (id) VALUES (" + i + ")";
        inserts.add(client.withTransaction(connection -> connection.query(sql).execute()));
      }
      result(Future.all(inserts));

      Long rows =
          result(
              client
                  .query("SELECT count(*) FROM book")
                  .execute()
                  .map(found -> found.iterator().next().getLong(0)));

      assertThat(rows).isEqualTo(50);
      result(client.close());
    } finally {
      result(vertx.close());
    }
    assertThat(dataSource.stats().active()).isZero();
  }
}
