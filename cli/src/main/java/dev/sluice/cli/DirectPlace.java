package dev.sluice.cli;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that connect to the server themselves, each with a connection of its own. */
final class DirectPlace implements Demo.Place {
  private final KeptConnections clients;
  private final int all;
  private final AtomicInteger active = new AtomicInteger();

  DirectPlace(KeptConnections clients, int all) {
    this.clients = clients;
    this.all = all;
  }

  @Override
  public String label() {
    return "without";
  }

  @Override
  public void lend(int caller, Crowd.Work work) throws SQLException {
    clients.use(
        caller,
        connection -> {
          active.incrementAndGet();
          try {
            work.run(connection);
          } finally {
            active.decrementAndGet();
          }
        });
  }

  @Override
  public Crowd.Measure measure() {
    return Crowd.Measure.WORK;
  }

  @Override
  public void end() {
    clients.end();
  }

  /** Clients without a connection wait for one. */
  @Override
  public Demo.Gauge gauge() {
    int connected = clients.connected();
    int busy = Math.min(active.get(), connected);
    return new Demo.Gauge(busy, connected - busy, all - connected, connected);
  }

  @Override
  public void close() {
    clients.close();
  }
}
