package dev.sluice.pgwire.auth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Accepts one client, lets it log in, and says that it is ready. For tests. */
final class LoginServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Authenticator authenticator;
  private final AuthMethod method;
  private final StoredSecret secret;
  private final @Nullable TestCertificate certificate;
  private final Thread thread = new Thread(this::serve, "login-server");

  /** How the login ended. */
  final CompletableFuture<ClientAction> end = new CompletableFuture<>();

  LoginServer(
      Authenticator authenticator,
      AuthMethod method,
      StoredSecret secret,
      @Nullable TestCertificate certificate)
      throws IOException {
    this.authenticator = authenticator;
    this.method = method;
    this.secret = secret;
    this.certificate = certificate;
    this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  private void serve() {
    try (Socket socket = listener.accept();
        Wire plain = new Wire(socket)) {
      Wire wire = plain;
      for (Wire.Message start = wire.readStart(); start.type() == 0; start = wire.readStart()) {
        wire.answer(certificate == null ? 'N' : 'S');
        wire = certificate == null ? wire : new Wire(encrypted(socket));
      }
      logIn(wire);
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  private SSLSocket encrypted(Socket socket) throws IOException {
    SSLSocket tls =
        (SSLSocket)
            certificate
                .context()
                .getSocketFactory()
                .createSocket(socket, null, socket.getPort(), false);
    tls.setUseClientMode(false);
    return tls;
  }

  private ClientAuthentication login() {
    ChannelBinding binding =
        certificate == null
            ? ChannelBinding.none()
            : ChannelBinding.serverEndPoint(certificate.certificate());
    ClientFacts facts = new ClientFacts(certificate != null, binding, List.of(), Optional.empty());
    return new ClientAuthentication(
        authenticator, new ClientRequest(Exchange.USER, method, Optional.of(secret), facts));
  }

  private void logIn(Wire wire) throws IOException {
    ClientAuthentication login = login();
    List<ClientAction> actions = login.begin();
    while (!login.hasEnded()) {
      actions = step(wire, login, actions);
    }
    for (ClientAction action : actions) {
      finish(wire, action);
    }
  }

  private static List<ClientAction> step(
      Wire wire, ClientAuthentication login, List<ClientAction> actions) throws IOException {
    List<ClientAction> next = List.of();
    for (ClientAction action : actions) {
      if (action instanceof ClientAction.SendRequest send) {
        wire.send('R', Exchange.request(send.code(), send.payload()));
      } else if (action instanceof ClientAction.Derive derive) {
        next = login.derived(derive.work().call());
      } else if (action instanceof ClientAction.AwaitMessage) {
        Wire.Message message = wire.read();
        next = login.received(message.type(), message.payload());
      }
    }
    return next;
  }

  private void finish(Wire wire, ClientAction action) throws IOException {
    if (action instanceof ClientAction.SendRequest send) {
      wire.send('R', Exchange.request(send.code(), send.payload()));
    } else if (action instanceof ClientAction.Accepted) {
      welcome(wire);
    } else if (action instanceof ClientAction.Rejected rejected) {
      wire.send('E', text("SFATAL\0C" + rejected.sqlstate() + "\0M" + rejected.message() + "\0\0"));
      end.complete(action);
    }
    if (action instanceof ClientAction.Accepted) {
      end.complete(action);
      wire.read(); // Terminate
    }
  }

  private static void welcome(Wire wire) throws IOException {
    wire.send('R', Exchange.request(0));
    wire.send('S', text("server_version\00018.0\0"));
    wire.send('S', text("client_encoding\0UTF8\0"));
    wire.send('S', text("DateStyle\0ISO, MDY\0"));
    wire.send('S', text("standard_conforming_strings\0on\0"));
    wire.send('S', text("integer_datetimes\0on\0"));
    wire.send('S', text("TimeZone\0UTC\0"));
    wire.send('K', ByteBuffer.allocate(8).putInt(1).putInt(2).array());
    wire.send('Z', text("I"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
