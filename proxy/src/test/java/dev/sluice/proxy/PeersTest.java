package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Several sidecars behind one address, and what they share with the system. */
class PeersTest {
  /** What a load balancer does: each connection goes to the sidecar whose turn it is. */
  private static final class Balancer implements AutoCloseable {
    private final ServerSocket listening =
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private volatile int target;

    Balancer(int target) throws IOException {
      this.target = target;
      background(this::accept);
    }

    private interface Step {
      void run() throws IOException;
    }

    /** Ends with the first failure, which is the end of a socket. */
    private static void background(Step step) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  step.run();
                } catch (IOException e) {
                  return;
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() throws IOException {
      while (true) {
        Socket client = listening.accept();
        Socket sidecar = new Socket(InetAddress.getLoopbackAddress(), target);
        background(() -> pass(client, sidecar));
        background(() -> pass(sidecar, client));
      }
    }

    private static void pass(Socket from, Socket to) throws IOException {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Connection connect(RunningSidecar running, int port) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/db",
        running.database.user(),
        running.database.password());
  }

  private static boolean sleeps(RunningSidecar running) throws SQLException {
    try (Connection watcher = running.database.connect();
        Statement statement = watcher.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(61)'"
                    + " AND state = 'active'")) {
      rows.next();
      return rows.getInt(1) > 0;
    }
  }

  @Test
  void cancelRequestThatComesToAPeerReachesTheClientsSidecar() throws Exception {
    try (RunningSidecar home = new RunningSidecar("peer_id = 1", "pool_size=2");
        RunningSidecar peer =
            new RunningSidecar(
                "peer_id = 2\n[peers]\n1 = host=127.0.0.1 port=" + home.sidecar.port(),
                "pool_size=2");
        Balancer balancer = new Balancer(home.sidecar.port());
        Connection connection = connect(home, balancer.listening.getLocalPort());
        Statement statement = connection.createStatement()) {
      CompletableFuture<Boolean> sleeping =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return statement.execute("SELECT pg_sleep(61)");
                } catch (SQLException e) {
                  throw new IllegalStateException(e.getSQLState());
                }
              });
      Eventually.await(() -> sleeps(home), "The query does not run.");

      balancer.target = peer.sidecar.port();
      statement.cancel();

      assertThatThrownBy(() -> sleeping.get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS))
          .hasMessageContaining("57014");
    }
  }

  @Test
  void twoListenOnOnePortOnlyIfTheyAreToldTo() throws Exception {
    String settings = "listen_port = " + freePort() + "\nso_reuseport = ";
    try (RunningSidecar one = new RunningSidecar(settings + "1", "");
        RunningSidecar other = new RunningSidecar(settings + "1", "")) {
      assertThat(one.sidecar.port()).isEqualTo(other.sidecar.port());
      try (Connection connection = one.connect()) {
        assertThat(connection.isValid(10)).isTrue();
      }
    }

    String alone = "listen_port = " + freePort() + "\nso_reuseport = 0";
    try (RunningSidecar one = new RunningSidecar(alone, "")) {
      assertThat(one.sidecar.port()).isPositive();
      assertThatThrownBy(() -> new RunningSidecar(alone, "").close())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("does not start");
    }
  }

  @Test
  void unixSocketHasTheModeThatWasAskedFor() throws Exception {
    Path folder = Files.createTempDirectory("sc");
    int port = freePort();
    Path socket = folder.resolve(".s.PGSQL." + port);
    try (RunningSidecar running =
        new RunningSidecar(
            "listen_port = %d\nunix_socket_dir = %s\nunix_socket_mode = 0700"
                .formatted(port, folder),
            "")) {
      assertThat(running.sidecar.port()).isEqualTo(port);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rwx------");
    } finally {
      Files.deleteIfExists(socket);
      Files.delete(folder);
    }
  }
}
