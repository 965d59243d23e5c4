package dev.sluice.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application with REST, Hibernate ORM and transactions, on H2. */
@QuarkusTest
class OrmTest {
  private static final long PATIENCE_SECONDS = 30;

  @Inject DataSource dataSource;
  @Inject AgroalDataSource agroal;
  @Inject UserTransaction transaction;

  @TestHTTPResource("/books")
  URI books;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void deleteAllBooks() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM Book");
    }
  }

  @AfterEach
  void everyConnectionIsBack() throws SQLException {
    SluicePool pool = dataSource.unwrap(SluicePool.class);
    assertThat(pool.leases()).isEmpty();
    assertThat(pool.stats().waiting()).isZero();
    assertThat(pool.stats().leaked()).isZero();
    assertThat(pool.stats().acquired()).isPositive();
  }

  private HttpRequest post(String title) {
    return HttpRequest.newBuilder(books).POST(HttpRequest.BodyPublishers.ofString(title)).build();
  }

  private String titles() throws Exception {
    return client
        .send(HttpRequest.newBuilder(books).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void applicationAndHibernateHaveThePoolOfSluice() throws Exception {
    SluicePool pool = dataSource.unwrap(SluicePool.class);
    long before = pool.stats().acquired();

    int status = client.send(post("Emma"), HttpResponse.BodyHandlers.discarding()).statusCode();

    assertThat(status).isEqualTo(200);
    assertThat(titles()).isEqualTo("Emma");
    assertThat(agroal.unwrap(SluicePool.class)).isSameAs(pool);
    assertThat(pool.stats().maxSize()).isEqualTo(4);
    assertThat(pool.stats().acquired()).isGreaterThanOrEqualTo(before + 2);
  }

  @Test
  void failedRequestIsRolledBack() throws Exception {
    int status = client.send(post(""), HttpResponse.BodyHandlers.discarding()).statusCode();

    assertThat(status).isEqualTo(500);
    assertThat(titles()).isEmpty();
  }

  @Test
  void jdbcTakesPartInTheTransaction() throws Exception {
    transaction.begin();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO Book (id, title) VALUES (-1, 'Persuasion')");
    }
    transaction.rollback();

    assertThat(titles()).isEmpty();
  }

  @Test
  void crowdOfRequestsSharesFourConnections() throws Exception {
    List<CompletableFuture<HttpResponse<Void>>> posts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      posts.add(client.sendAsync(post("book " + i), HttpResponse.BodyHandlers.discarding()));
    }
    for (CompletableFuture<HttpResponse<Void>> post : posts) {
      assertThat(post.get(PATIENCE_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    assertThat(titles()).hasLineCount(50);
    assertThat(dataSource.unwrap(SluicePool.class).stats().size()).isBetween(1, 4);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM Book")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(50);
    }
  }
}
