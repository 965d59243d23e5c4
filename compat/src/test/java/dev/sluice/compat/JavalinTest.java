package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Javalin: a web server in a main method. */
class JavalinTest extends FrameworkTest {

  // tag::javalin[]
  static Javalin application(SluiceDataSource dataSource) {
    return Javalin.create(config -> config.showJavalinBanner = false)
        .get(
            "/answer",
            request -> {
              try (Connection connection = dataSource.getConnection();
                  Statement statement = connection.createStatement();
                  ResultSet row = statement.executeQuery("SELECT 42")) {
                row.next();
                request.result(row.getString(1));
              }
            })
        .get("/health", request -> request.status(dataSource.load() < 2 ? 200 : 503))
        .exception(
            PoolExhaustedException.class, // too many requests at once
            (full, request) -> request.status(503).result("Try again later"))
        .events(event -> event.serverStopped(dataSource::close));
  }

  // end::javalin[]

  private static HttpResponse<String> get(Javalin server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void requestsBorrowAndAFullPoolIsTheClientsToRetry() throws Exception {
    SluiceDataSource dataSource = impatientPool(1);
    Javalin server = application(dataSource).start("127.0.0.1", 0);
    try {
      assertThat(get(server, "/answer").body()).isEqualTo("42");
      assertThat(get(server, "/health").statusCode()).isEqualTo(200);
      try (Connection held = dataSource.getConnection()) {
        assertThat(held.isClosed()).isFalse();
        assertThat(get(server, "/answer").statusCode()).isEqualTo(503);
      }
      assertThat(get(server, "/answer").body()).isEqualTo("42");
    } finally {
      server.stop();
    }
    assertThat(dataSource.isClosed()).isTrue();
  }
}
