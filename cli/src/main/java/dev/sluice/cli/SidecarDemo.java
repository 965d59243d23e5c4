package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/** A crowd of clients on the few servers of a sidecar, and then the same crowd without it. */
final class SidecarDemo {
  /** The part of the time that the sidecar gets. */
  private static final double POOLED_PART = 0.6;

  private final Target target;
  private final int clients;
  private final int servers;
  private final Duration time;
  private final Farewell farewell;
  private final PrintWriter out;

  SidecarDemo(
      Target target, int clients, int servers, Duration time, Farewell farewell, PrintWriter out) {
    this.target = target;
    this.clients = clients;
    this.servers = servers;
    this.time = time;
    this.farewell = farewell;
    this.out = out;
  }

  /** Runs it on a table that exists. */
  void run(Workload workload, String product) throws Exception {
    Callers threads = Callers.best();
    out.println("Starting a sidecar ...");
    out.flush();
    try (LocalSidecar sidecar = LocalSidecar.start(target.server(), clients + 10, servers);
        KeptConnections pooled = through(sidecar);
        KeptConnections direct = new KeptConnections(clients, target::connect)) {
      out.printf("%s logging in ...%n", "%,d clients are".formatted(clients));
      out.flush();
      pooled.logIn();
      introduce(sidecar, product, threads);
      try (Screen screen = Screen.on(out, System.getenv(), Row.header(Crowd.Measure.WORK))) {
        Demo demo = new Demo(screen, workload, clients, threads, farewell.cancelled());
        show(demo, sidecar, pooled, direct);
      }
    }
  }

  private KeptConnections through(LocalSidecar sidecar) {
    return new KeptConnections(clients, () -> connect(sidecar.url()));
  }

  private Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url, target.server().user(), target.server().password());
  }

  private void introduce(LocalSidecar sidecar, String product, Callers threads) {
    out.printf(
        "%n%s (embedded); a sidecar with %d server connections; %,d clients on %s%n",
        product, servers, clients, threads.kind());
    out.printf("Look inside while it runs:%n  %s%n%n", sidecar.consoleCommand());
  }

  private void show(Demo demo, LocalSidecar sidecar, KeptConnections pooled, KeptConnections direct)
      throws SQLException, IOException, InterruptedException {
    Result with;
    try (SidecarPlace place = new SidecarPlace(pooled, connect(sidecar.consoleUrl()))) {
      with = demo.run(place, part(POOLED_PART));
    }
    if (farewell.isCancelled()) {
      return;
    }
    direct.logIn();
    Result without;
    try (DirectPlace place = new DirectPlace(direct, clients)) {
      without = demo.run(place, part(1 - POOLED_PART));
    }
    if (!farewell.isCancelled()) {
      new SidecarSummary(with, without, direct.refusal()).print(out);
    }
  }

  private Duration part(double part) {
    return Duration.ofMillis((long) (time.toMillis() * part));
  }
}
