package dev.sluice.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.Toxics.Cut;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FaultProxyTest {
  private final EchoServer echo = new EchoServer();
  private final FaultProxy proxy = FaultProxy.before(echo.port());
  private final List<Socket> clients = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    proxy.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    return connect(Timing.LONG);
  }

  private Socket connect(Duration timeout) throws IOException {
    Socket socket = new Socket();
    clients.add(socket);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()),
        (int) timeout.toMillis());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) Timing.LONG.toMillis());
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String receive(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), US_ASCII);
  }

  private static String exchange(Socket socket, String text) throws IOException {
    send(socket, text);
    return receive(socket, text.length());
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout((int) Timing.SMALL.toMillis());
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout((int) Timing.LONG.toMillis());
  }

  private static void assertReset(Socket socket) {
    assertThatThrownBy(() -> receive(socket, 1))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  private Link link() {
    return proxy.links().get(0);
  }

  private static long millis(Timed work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  private interface Timed {
    void run() throws IOException;
  }

  @Test
  void bytesPassUnharmedAndAreCounted() throws IOException {
    Socket client = connect();

    assertThat(exchange(client, "hello")).isEqualTo("hello");

    assertThat(proxy.accepted()).isEqualTo(1);
    Eventually.await(() -> link().bytesToServer() == 5, "the bytes are counted");
    Eventually.await(() -> link().bytesToClient() == 5, "the bytes are counted");
  }

  @Test
  void endOfTheClientReachesTheServerAndBack() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    client.shutdownOutput();

    assertThat(client.getInputStream().read()).isEqualTo(-1);
    Eventually.await(() -> proxy.links().isEmpty(), "the link has ended");
    Eventually.await(() -> echo.open() == 0, "the server has closed");
  }

  @Test
  void latencyDelaysEachDirection() throws IOException {
    Socket client = connect();
    exchange(client, "x");
    proxy.toxics(
        Toxics.NONE.withLatency(Duration.ofMillis(60), Duration.ofMillis(20)), Toxics.NONE);

    assertThat(millis(() -> exchange(client, "x"))).isGreaterThanOrEqualTo(60);

    proxy.heal();
    assertThat(exchange(client, "y")).isEqualTo("y");
  }

  @Test
  void bandwidthLimitsTheFlow() throws IOException {
    Socket client = connect();
    proxy.toxics(Toxics.NONE.withBandwidth(10_000), Toxics.NONE);

    // the last piece's pause comes after it has passed
    assertThat(millis(() -> exchange(client, "x".repeat(2_000)))).isBetween(140L, 10_000L);
  }

  @Test
  void sliceCutsTheStreamIntoBytes() throws IOException {
    Socket client = connect();
    proxy.toxics(Toxics.NONE.withSlice(1));

    String text = "sliced".repeat(50);
    assertThat(exchange(client, text)).isEqualTo(text);
    assertThat(echo.reads()).isGreaterThan(1);
  }

  @Test
  void blackHoleSwallowsBothWaysForExistingAndNewLinks() throws IOException {
    Socket old = connect();
    exchange(old, "x");

    proxy.blackHole();
    Socket young = connect();
    send(old, "lost");
    send(young, "lost");

    assertSilent(old);
    assertSilent(young);
    proxy.heal();
    assertThat(exchange(old, "back")).isEqualTo("back");
  }

  @Test
  void blackHoleHidesTheEndOfTheClient() throws IOException {
    Socket client = connect();
    exchange(client, "x");
    link().blackHole();

    client.close();

    Eventually.await(() -> echo.open() == 1, "the server still holds it");
    assertThat(link().isOpen()).isTrue();
  }

  @Test
  void toxicsOfOneLinkLeaveTheOthersAlone() throws IOException {
    Socket first = connect();
    exchange(first, "x");
    Socket second = connect();
    exchange(second, "x");

    link().blackHole();
    send(first, "lost");

    assertSilent(first);
    assertThat(exchange(second, "fine")).isEqualTo("fine");
  }

  @Test
  void toxicsForNewLinksLeaveTheOldAlone() throws IOException {
    Socket old = connect();
    exchange(old, "x");
    proxy.newLinks(Toxics.NONE.withSwallow(true), Toxics.NONE);
    Socket young = connect();
    send(young, "lost");

    assertThat(exchange(old, "fine")).isEqualTo("fine");
    assertSilent(young);
  }

  @Test
  void stallLosesNothing() throws IOException {
    Socket client = connect();
    exchange(client, "x");
    proxy.toxics(Toxics.NONE.withStall(true));
    send(client, "later");
    assertSilent(client);

    proxy.heal();

    assertThat(receive(client, 5)).isEqualTo("later");
  }

  @Test
  void resetIsSeenByBothEnds() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    proxy.resetAll();

    assertReset(client);
    Eventually.await(() -> echo.resets() == 1, "the server saw a reset");
    assertThat(proxy.links()).isEmpty();
  }

  @Test
  void droppedServerLeavesTheClientHalfOpen() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    link().dropServer();
    send(client, "into the void");

    Eventually.await(() -> echo.resets() == 1, "the server has gone");
    assertSilent(client);
  }

  @Test
  void halfCloseEndsOneDirection() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    link().halfCloseToClient();

    assertThat(client.getInputStream().read()).isEqualTo(-1);
    send(client, "still");
    Eventually.await(() -> echo.bytes() == 6, "the other direction works");
    assertThat(link().isOpen()).isTrue();
  }

  @Test
  void halfCloseTowardsTheServerIsItsEndOfStream() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    link().halfCloseToServer();

    assertThat(client.getInputStream().read()).isEqualTo(-1); // the server closed in turn
  }

  @Test
  void cutEndsTheStreamAtThatByte() throws IOException {
    for (Cut how : Cut.values()) {
      Socket client = connect();
      Eventually.await(() -> !proxy.links().isEmpty(), "the link is there");
      link().toxics(Toxics.NONE, Toxics.NONE.withCutAt(3, how));
      send(client, "abcdef");

      assertThat(receive(client, 3)).isEqualTo("abc");
      switch (how) {
        case CLOSE -> assertThat(client.getInputStream().read()).isEqualTo(-1);
        case RESET -> assertReset(client);
        default -> assertSilent(client);
      }
      proxy.forAll(Link::close);
    }
  }

  @Test
  void cutTowardsTheServerLetsNoMoreThrough() throws IOException {
    proxy.newLinks(Toxics.NONE.withCutAt(2, Cut.CLOSE), Toxics.NONE);
    Socket client = connect();
    send(client, "abcdef");

    Eventually.await(() -> echo.bytes() == 2, "two bytes arrived");
    Eventually.await(() -> proxy.links().isEmpty(), "the link has ended");
    assertThat(echo.bytes()).isEqualTo(2);
  }

  @Test
  void corruptInvertsOneByte() throws IOException {
    proxy.newLinks(Toxics.NONE, Toxics.NONE.withCorruptAt(1));
    Socket client = connect();
    client.getOutputStream().write(new byte[] {1, 2, 3});

    assertThat(client.getInputStream().readNBytes(3)).containsExactly(1, ~2, 3);
  }

  @Test
  void refusedConnectionsFailAtOnceAndOldOnesLive() throws IOException {
    Socket old = connect();
    exchange(old, "x");

    proxy.accepting(Accept.REFUSE);

    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThat(exchange(old, "fine")).isEqualTo("fine");
    proxy.accepting(Accept.FORWARD);
    assertThat(exchange(connect(), "again")).isEqualTo("again");
  }

  @Test
  void silentAcceptAnswersNothing() throws IOException {
    proxy.accepting(Accept.SILENT);
    Socket client = connect();
    send(client, "anyone?");

    assertSilent(client);
    assertThat(echo.accepted()).isZero();
    proxy.accepting(Accept.FORWARD);
    assertThat(exchange(connect(), "again")).isEqualTo("again");
  }

  @Test
  void resetAcceptResets() throws IOException {
    proxy.accepting(Accept.RESET);

    // the reset may come before the client has finished connecting
    assertThatThrownBy(() -> receive(connect(), 1))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void fullBacklogSwallowsSyns() throws IOException {
    proxy.accepting(Accept.BACKLOG);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10; i++) {
                connect(Timing.SMALL);
              }
            })
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(echo.accepted()).isZero();

    proxy.accepting(Accept.FORWARD);
    assertThat(exchange(clients.get(0), "at last")).isEqualTo("at last");
  }

  @Test
  void deadServerResetsTheClient() throws IOException {
    echo.close();

    assertThatThrownBy(() -> receive(connect(), 1))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void closedProxyHasLetGoOfEverything() throws IOException {
    Socket client = connect();
    exchange(client, "x");

    proxy.close();
    proxy.close();

    assertThat(client.getInputStream().read()).isEqualTo(-1);
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> proxy.accepting(Accept.FORWARD)).hasMessage("The proxy is closed");
  }
}
