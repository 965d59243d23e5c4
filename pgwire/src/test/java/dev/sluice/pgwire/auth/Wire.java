package dev.sluice.pgwire.auth;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A blocking connection that reads and writes PostgreSQL's messages. For tests. */
final class Wire implements AutoCloseable {
  private static final int MILLIS = 60_000;
  private static final int PROTOCOL_3 = 3 << 16;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  @SuppressWarnings("ArrayRecordComponent") // read once, never compared
  record Message(byte type, byte[] payload) {
    char kind() {
      return (char) type;
    }
  }

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  static Wire to(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  void startUp(String... namesAndValues) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String text : namesAndValues) {
      body.write(text.getBytes(StandardCharsets.UTF_8));
      body.write(0);
    }
    body.write(0);
    out.writeInt(8 + body.size());
    out.writeInt(PROTOCOL_3);
    out.write(body.toByteArray());
    out.flush();
  }

  void send(int type, byte[] payload) throws IOException {
    out.writeByte(type);
    out.writeInt(4 + payload.length);
    out.write(payload);
    out.flush();
  }

  Message read() throws IOException {
    byte type = in.readByte();
    return new Message(type, in.readNBytes(in.readInt() - 4));
  }

  /** A start-up packet or another request without a type: its code and its content. */
  Message readStart() throws IOException {
    int length = in.readInt();
    int code = in.readInt();
    return new Message((byte) (code == PROTOCOL_3 ? 1 : 0), in.readNBytes(length - 8));
  }

  void answer(int letter) throws IOException {
    out.writeByte(letter);
    out.flush();
  }

  /** Runs a query and returns the first column of its rows, as text. */
  List<String> query(String sql) throws IOException {
    send('Q', (sql + "\0").getBytes(StandardCharsets.UTF_8));
    List<String> rows = new ArrayList<>();
    for (Message m = read(); m.kind() != 'Z'; m = read()) {
      if (m.kind() == 'E') {
        throw new IOException(LoginFailure.ofError(m.payload()).message());
      }
      if (m.kind() == 'D') {
        rows.add(new String(m.payload(), 6, m.payload().length - 6, StandardCharsets.UTF_8));
      }
    }
    return rows;
  }

  /** Lets a login run to its end. */
  ServerAction logIn(ServerLogin login) throws IOException {
    while (true) {
      Message message = read();
      List<ServerAction> actions = login.received(message.type(), message.payload());
      for (ServerAction action : Exchange.worked(login, actions)) {
        if (action instanceof ServerAction.Send send) {
          send('p', send.payload());
        } else if (action != ServerAction.AwaitMessage.AWAIT) {
          return action;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
