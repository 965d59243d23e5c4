package dev.sluice.compat.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The deployment that docs/sidecar.md shows: by the API's model, and as it runs. */
class KubernetesTest {
  private static final String PORT = "6432";
  private static final String METRICS = "9127";

  @TempDir private Path folder;

  private final Manifest manifest = new Manifest(SidecarPage.block("deployment"));

  @Test
  void theManifestIsADeploymentOfTheApi() {
    assertThat(manifest.problems()).isEmpty();
  }

  @Test
  void theModelWouldFindMistakes() {
    String text = SidecarPage.block("deployment");

    assertThat(new Manifest(text.replace("containerPort", "port")).problems()).isNotEmpty();
    assertThat(new Manifest(text.replace("readinessProbe", "readyProbe")).problems()).isNotEmpty();
    assertThat(new Manifest(text.replace("replicas: 3", "replicas: many")).problems()).isNotEmpty();
  }

  @Test
  void theSidecarServesTheApplicationAsTheManifestSays() throws Exception {
    try (EmbeddedServer database = Databases.privatePostgres(Map.of())) {
      createDatabase(database);
      Map<String, String> secret =
          Map.of(
              "user", database.user(),
              "password", database.password(),
              "url", url(database));
      int port = freePort();
      int metrics = freePort();
      Map<String, Object> sidecar = manifest.container("initContainers", "sluice");
      Map<String, String> environment = Manifest.environment(sidecar, secret);
      environment.put("LISTEN_PORT", "" + port);
      environment.put("UNIX_SOCKET_DIR", "");
      Process process = start(Manifest.arguments(sidecar), environment, metrics);
      try {
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
          String path = Manifest.probePath(sidecar, probe);
          Eventually.await(() -> status(process, metrics, path) == 200, "no 200 at " + path);
        }
        Map<String, Object> app = manifest.container("containers", "app");
        String asked = Manifest.environment(app, secret).get("DATABASE_URL");
        assertThat(asked).contains("@localhost:" + PORT + "/");
        assertThat(currentUser(asked.replace(":" + PORT, ":" + port))).isEqualTo(database.user());
      } finally {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static void createDatabase(EmbeddedServer server) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE mydb");
    }
  }

  private static String url(EmbeddedServer database) {
    return "postgresql://%s:%s@127.0.0.1:%d/mydb"
        .formatted(database.user(), database.password(), database.port());
  }

  /** Runs the sidecar as the image does, but on a port of its own. */
  private Process start(List<String> arguments, Map<String, String> environment, int metrics)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.sluice.proxy.Main"));
    for (String argument : arguments) {
      command.add(argument.replace("0.0.0.0:" + METRICS, "127.0.0.1:" + metrics));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private int status(Process process, int port, String path) throws IOException {
    assertThat(process.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      return connection.getResponseCode();
    } catch (IOException e) {
      return -1; // not yet
    }
  }

  private String currentUser(String url) throws Exception {
    URI uri = URI.create(url);
    String[] login = uri.getUserInfo().split(":", 2);
    String jdbc = "jdbc:postgresql://127.0.0.1:" + uri.getPort() + "/" + name(uri);
    try (Connection connection = DriverManager.getConnection(jdbc, login[0], login[1]);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT current_user")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static String name(URI uri) {
    return uri.getPath().substring(1);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
