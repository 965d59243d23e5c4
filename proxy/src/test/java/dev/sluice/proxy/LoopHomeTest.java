package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Clients get servers of their own event loop, as long as nobody waits much longer for that. */
class LoopHomeTest {
  private static final int LOOPS = 2;
  private static final int CLIENTS = 16;
  private static final int TIMES = 250;

  /** With one server a loop, a client at home sees the same server nearly always. */
  @Test
  void busyClientsStayWithTheServersOfTheirLoop() throws Exception {
    try (RunningSidecar running =
        new RunningSidecar(
            "pool_mode = transaction\ndefault_pool_size = " + LOOPS, "min_pool_size=2", LOOPS)) {
      List<Map<Integer, Integer>> seen = serversOfEach(running);

      int atHome =
          seen.stream()
              .mapToInt(servers -> servers.values().stream().mapToInt(n -> n).max().orElse(0))
              .sum();
      assertThat(seen.stream().flatMap(servers -> servers.keySet().stream()).distinct())
          .as("servers in use")
          .hasSize(LOOPS);
      assertThat(atHome)
          .as("of %d, with %s", CLIENTS * TIMES, seen)
          .isGreaterThan(CLIENTS * TIMES * 13 / 20);
    }
  }

  /** How often each client got which server. */
  private static List<Map<Integer, Integer>> serversOfEach(RunningSidecar running)
      throws Exception {
    List<Connection> clients = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Callable<Map<Integer, Integer>>> work = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Connection client = running.connect();
        clients.add(client);
        work.add(() -> servers(client));
      }
      List<Map<Integer, Integer>> seen = new ArrayList<>();
      for (Future<Map<Integer, Integer>> one : threads.invokeAll(work)) {
        seen.add(one.get());
      }
      return seen;
    } finally {
      threads.shutdown();
      for (Connection client : clients) {
        client.close();
      }
    }
  }

  private static Map<Integer, Integer> servers(Connection client) throws SQLException {
    Map<Integer, Integer> seen = new HashMap<>();
    try (Statement statement = client.createStatement()) {
      for (int i = 0; i < TIMES; i++) {
        try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
          row.next();
          seen.merge(row.getInt(1), 1, Integer::sum);
        }
      }
    }
    return seen;
  }
}
