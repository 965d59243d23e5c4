package dev.sluice.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Speaks the protocol itself, where no driver does what a test needs. */
final class Wire implements AutoCloseable {
  private static final int GENEROUS_MILLIS = 60_000;

  private final Socket socket;
  private final DataOutputStream out;
  private final DataInputStream in;

  /** What came of each type in the login. */
  final Map<Character, byte[]> login = new HashMap<>();

  private byte[] body = {};

  Wire(RunningSidecar running) throws IOException {
    this(running, 3 << 16, "");
  }

  /** Logs in with a version of the protocol, and more parameters with a zero byte after each. */
  Wire(RunningSidecar running, int version, String more) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port());
    socket.setSoTimeout(GENEROUS_MILLIS);
    out = new DataOutputStream(socket.getOutputStream());
    in = new DataInputStream(socket.getInputStream());
    byte[] startup =
        ("user\0" + running.database.user() + "\0database\0db\0" + more + "\0")
            .getBytes(StandardCharsets.US_ASCII);
    out.writeInt(8 + startup.length);
    out.writeInt(version);
    out.write(startup);
    for (char type = next().charAt(0); type != 'Z'; type = next().charAt(0)) {
      login.put(type, body);
    }
  }

  private void send(char type, String text, int... shorts) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(text.getBytes(StandardCharsets.US_ASCII));
    for (int value : shorts) {
      body.write(value >> 8);
      body.write(value);
    }
    out.write(type);
    out.writeInt(4 + body.size());
    out.write(body.toByteArray());
  }

  Wire parse(String name, String sql) throws IOException {
    send('P', name + "\0" + sql + "\0", 0);
    return this;
  }

  Wire execute(String name) throws IOException {
    send('B', "\0" + name + "\0", 0, 0, 0);
    send('E', "\0", 0, 0);
    return this;
  }

  Wire closeStatement(String name) throws IOException {
    send('C', "S" + name + "\0");
    return this;
  }

  Wire query(String sql) throws IOException {
    send('Q', sql + "\0");
    return this;
  }

  /** Ends a batch, and does not wait for what comes. */
  Wire then() throws IOException {
    send('S', "");
    return this;
  }

  /** What comes up to the next ReadyForQuery: types, rows' bytes left out, and SQLSTATEs. */
  List<String> sync() throws IOException {
    send('S', "");
    return answers();
  }

  List<String> answers() throws IOException {
    List<String> all = new ArrayList<>();
    for (String next = next(); !next.equals("Z"); next = next()) {
      all.add(next);
    }
    return all;
  }

  /** The next message. */
  String next() throws IOException {
    out.flush();
    int type = in.readUnsignedByte();
    body = in.readNBytes(in.readInt() - 4);
    String text = new String(body, StandardCharsets.ISO_8859_1);
    String state = type == 'E' ? text.replaceAll("(?s).*\0C([^\0]*)\0.*", " $1") : "";
    return (char) type + state;
  }

  /** Sends a cancel request; returns when the sidecar has dealt with it. */
  static void cancel(RunningSidecar running, byte[] key) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port())) {
      socket.setSoTimeout(GENEROUS_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(8 + key.length);
      out.writeInt(80_877_102);
      out.write(key);
      if (socket.getInputStream().read() >= 0) {
        throw new AssertionError("A cancel request was answered.");
      }
    }
  }

  /** All that comes until the connection ends. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
