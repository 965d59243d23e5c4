package dev.sluice.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Metrics and health over HTTP: {@code /metrics} for Prometheus, {@code /healthz} while the process
 * runs, {@code /readyz} while it takes clients. One thread answers; a few requests may wait, and
 * more are refused.
 */
final class Metrics implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int WAITING = 16;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  static {
    // The JDK's server has no limits of its own, and reads them when it is loaded: seconds,
    // seconds,
    // connections.
    setUnlessSet("sun.net.httpserver.maxReqTime", "10");
    setUnlessSet("sun.net.httpserver.maxRspTime", "30");
    setUnlessSet("jdk.httpserver.maxConnections", "64");
  }

  private final ProxyCore core;
  private final MetricsText text;
  private final HttpServer server;
  private final ThreadPoolExecutor executor;

  private Metrics(ProxyCore core, HttpServer server) {
    this.core = core;
    this.text = new MetricsText(core);
    this.server = server;
    this.executor =
        new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "sluice-metrics");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.AbortPolicy());
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /**
   * Serves at this address.
   *
   * @throws IOException if that is not possible
   */
  static Metrics start(ProxyCore core, InetSocketAddress address) throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException("cannot serve metrics at " + address + ": " + e.getMessage(), e);
    }
    Metrics metrics = new Metrics(core, server);
    server.setExecutor(metrics.executor);
    server.createContext("/", metrics::answer);
    server.start();
    core.log.log("metrics at http:/" + server.getAddress() + "/metrics");
    return metrics;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, TEXT, "only GET\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/metrics" -> send(exchange, 200, PROMETHEUS, text.all());
        case "/healthz" -> send(exchange, 200, TEXT, "ok\n");
        case "/readyz" -> ready(exchange);
        default -> send(exchange, 404, TEXT, "try /metrics, /healthz, /readyz\n");
      }
    }
  }

  private void ready(HttpExchange exchange) throws IOException {
    String why = core.operations.notReady();
    send(exchange, why == null ? 200 : 503, TEXT, why == null ? "ready\n" : why + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
