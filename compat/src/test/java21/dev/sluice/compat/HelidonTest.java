package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Timing;
import io.helidon.dbclient.DbClient;
import io.helidon.dbclient.DbClientException;
import io.helidon.dbclient.DbTransaction;
import io.helidon.dbclient.jdbc.JdbcClientBuilder;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Helidon SE: a web server on virtual threads, and its database client. */
class HelidonTest extends FrameworkTest {

  // tag::helidon[]
  static WebServer server(SluiceDataSource dataSource) {
    DbClient db = JdbcClientBuilder.create().connectionPool(() -> connection(dataSource)).build();
    return WebServer.builder()
        .host("localhost")
        .port(0)
        .routing(routing -> books(routing, db))
        .build()
        .start();
  }

  /** What Helidon's client asks for a connection. */
  static Connection connection(DataSource dataSource) {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw new DbClientException("No connection: " + e.getMessage(), e);
    }
  }

  // end::helidon[]

  // tag::helidon-routes[]
  static void books(HttpRouting.Builder routing, DbClient db) {
    routing
        .get(
            "/books",
            (request, response) ->
                response.send(
                    db.execute()
                        .query("SELECT title FROM book ORDER BY title")
                        .map(row -> row.column(1).getString())
                        .collect(Collectors.joining("\n"))))
        .post(
            "/books",
            (request, response) -> {
              DbTransaction transaction = db.transaction();
              try {
                transaction.insert(
                    "INSERT INTO book (title) VALUES (?)", request.content().as(String.class));
                transaction.commit();
              } catch (RuntimeException e) {
                transaction.rollback();
                throw e;
              }
              response.status(Status.CREATED_201).send();
            })
        .error(
            DbClientException.class, // too many requests at once
            (request, response, e) ->
                response
                    .status(
                        e.getCause() instanceof PoolExhaustedException
                            ? Status.SERVICE_UNAVAILABLE_503
                            : Status.INTERNAL_SERVER_ERROR_500)
                    .send());
  }

  // end::helidon-routes[]

  private final HttpClient client = HttpClient.newHttpClient();

  private static HttpRequest request(WebServer server, String title) {
    URI uri = URI.create("http://localhost:" + server.port() + "/books");
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return (title == null ? request : request.POST(HttpRequest.BodyPublishers.ofString(title)))
        .build();
  }

  private HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void createTable(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        java.sql.Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE book (title VARCHAR(100) PRIMARY KEY)");
    }
  }

  @Test
  void crowdOfRequestsSharesTwoConnections() throws Exception {
    SluiceDataSource dataSource = pool();
    createTable(dataSource);
    WebServer server = server(dataSource);
    try {
      List<CompletableFuture<Integer>> posts = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        posts.add(
            client
                .sendAsync(
                    request(server, "book " + (i + 10)), HttpResponse.BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode));
      }
      for (CompletableFuture<Integer> post : posts) {
        assertThat(post.get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS)).isEqualTo(201);
      }

      assertThat(send(request(server, null)).body())
          .startsWith("book 10\nbook 11")
          .hasLineCount(50);
      assertThat(send(request(server, "book 10")).statusCode()).as("a title twice").isEqualTo(500);
      assertThat(dataSource.stats().active()).isZero();
    } finally {
      server.stop();
    }
  }

  @Test
  void fullPoolIsTheClientsToRetry() throws Exception {
    SluiceDataSource dataSource = impatientPool(1);
    createTable(dataSource);
    WebServer server = server(dataSource);
    try {
      try (Connection held = dataSource.getConnection()) {
        assertThat(held.isClosed()).isFalse();
        assertThat(send(request(server, null)).statusCode()).isEqualTo(503);
      }
      assertThat(send(request(server, null)).statusCode()).isEqualTo(200);
    } finally {
      server.stop();
    }
  }
}
