package dev.sluice.cli;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/** Clients of a sidecar. Its console says what it does with its servers. */
final class SidecarPlace implements Demo.Place {
  private final KeptConnections clients;
  private final Connection console;
  private final Set<Integer> servers = new HashSet<>();
  private Demo.Gauge last = new Demo.Gauge(0, 0, 0, 0);

  SidecarPlace(KeptConnections clients, Connection console) {
    this.clients = clients;
    this.console = console;
  }

  @Override
  public String label() {
    return "with sidecar";
  }

  @Override
  public void lend(int caller, Crowd.Work work) throws SQLException {
    clients.use(caller, work);
  }

  @Override
  public Crowd.Measure measure() {
    return Crowd.Measure.WORK;
  }

  @Override
  public String source() {
    return "The sidecar, or the database behind it,";
  }

  /** Stays as it was when the console answers no more; the clients' failures tell of that. */
  @Override
  public Demo.Gauge gauge() {
    try (Statement statement = console.createStatement()) {
      last = look(statement);
    } catch (SQLException e) {
      return last;
    }
    return last;
  }

  private Demo.Gauge look(Statement statement) throws SQLException {
    int active = 0;
    int idle = 0;
    try (ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
      while (rows.next()) {
        servers.add(rows.getInt("remote_pid"));
        if (rows.getString("state").equals("active")) {
          active++;
        } else {
          idle++;
        }
      }
    }
    int waiting = 0;
    try (ResultSet rows = statement.executeQuery("SHOW POOLS")) {
      while (rows.next()) {
        waiting += rows.getInt("cl_waiting");
      }
    }
    return new Demo.Gauge(active, idle, waiting, servers.size());
  }

  @Override
  public void end() {
    clients.end();
  }

  @Override
  public void close() {
    clients.close();
    try {
      console.close();
    } catch (SQLException e) {
      // the sidecar went first
    }
  }
}
