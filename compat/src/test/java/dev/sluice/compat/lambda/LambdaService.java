package dev.sluice.compat.lambda;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The side of Lambda's runtime API that gives out events and takes answers. */
final class LambdaService implements AutoCloseable {
  private static final String ID = "Lambda-Runtime-Aws-Request-Id";
  private static final String DEADLINE = "Lambda-Runtime-Deadline-Ms";
  private static final String FUNCTION = "Lambda-Runtime-Invoked-Function-Arn";
  private static final String ROOT = "/2018-06-01/runtime/";
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final long FAR_AWAY_MILLIS = TimeUnit.HOURS.toMillis(1);

  /** An event that waits for a runtime. */
  private record Event(String id, String json) {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ConcurrentMap<String, CompletableFuture<String>> answers =
      new ConcurrentHashMap<>();
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  LambdaService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(ROOT + "invocation/next", this::next);
    server.createContext(ROOT + "invocation/", this::answered);
    server.createContext(ROOT + "init/error", this::notStarted);
    server.start();
  }

  /** Where a runtime finds it. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Gives a runtime an event; its answer follows, or what it reported instead. */
  CompletableFuture<String> invoke(String json) {
    Event event = new Event("event-" + ids.incrementAndGet(), json);
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(event.id(), answer);
    events.add(event);
    return CompletableFuture.anyOf(answer, failure).thenApply(String.class::cast);
  }

  /** Tells all who wait for an answer that there will be none. */
  void fail(String why) {
    failure.completeExceptionally(new IllegalStateException(why));
  }

  private void next(HttpExchange exchange) throws IOException {
    try (exchange) {
      Event event = events.take();
      long deadline = System.currentTimeMillis() + FAR_AWAY_MILLIS;
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", "application/json"); // without it the runtime crashes
      headers.set(ID, event.id());
      headers.set(DEADLINE, String.valueOf(deadline));
      headers.set(FUNCTION, "arn:aws:lambda:local:0:function:stock");
      byte[] body = event.json().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(OK, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the service ends
    }
  }

  private void answered(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().substring(ROOT.length()).split("/", -1);
    CompletableFuture<String> answer = answers.remove(path[1]);
    String body = accept(exchange);
    if (path[2].equals("response")) {
      answer.complete(body);
    } else {
      answer.completeExceptionally(new IllegalStateException(body));
    }
  }

  private void notStarted(HttpExchange exchange) throws IOException {
    fail(accept(exchange));
  }

  private static String accept(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(ACCEPTED, -1);
      return body;
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
