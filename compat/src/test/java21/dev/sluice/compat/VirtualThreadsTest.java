package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolListener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A main method without a framework, with a virtual thread for each task. */
class VirtualThreadsTest extends FrameworkTest {

  // tag::virtual[]
  static int sumOfAnswers(SluiceBuilder pool, int tasks) throws Exception {
    try (SluiceDataSource dataSource = pool.build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        answers.add(threads.submit(() -> answer(dataSource)));
      }
      int sum = 0;
      for (Future<Integer> answer : answers) {
        sum += answer.get();
      }
      return sum;
    } // the threads end first, then the pool
  }

  static int answer(SluiceDataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      row.next();
      return row.getInt(1);
    }
  }

  // end::virtual[]

  @Test
  void thousandsOfThreadsShareAFewConnections() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    SluiceBuilder builder =
        Sluice.dataSource(database.url())
            .user(database.user())
            .password(database.password())
            .maxSize(4)
            .listener(
                new PoolListener() {
                  @Override
                  public void opened(long id, Duration took) {
                    opened.incrementAndGet();
                  }
                });

    assertThat(sumOfAnswers(builder, 5_000)).isEqualTo(5_000);
    assertThat(opened).hasValueBetween(1, 4);
  }
}
