package dev.sluice.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server on the loopback address that knows what a test tells it. */
final class NameServer implements AutoCloseable {
  private static final int A = 1;
  private static final int SOA = 6;
  private static final int HEADER = 12;
  private static final int UNKNOWN = 3;

  private final DatagramSocket socket;
  private final Map<String, List<String>> hosts = new ConcurrentHashMap<>();
  private final Map<String, Long> serials = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "name server");
    thread.setDaemon(true);
    thread.start();
  }

  /** The text of a resolver's configuration that leads here. */
  String resolvConf() {
    return "port " + socket.getLocalPort() + "\nnameserver 127.0.0.1\n";
  }

  void host(String name, String... addresses) {
    hosts.put(name, List.of(addresses));
  }

  void zone(String name, long serial) {
    serials.put(name, serial);
  }

  /** How often the addresses of a host, or the serial number of a zone, were asked for. */
  int asked(String name) {
    return asked.getOrDefault(name, new AtomicInteger()).get();
  }

  private void serve() {
    byte[] buffer = new byte[1024];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    try {
      while (true) {
        packet.setLength(buffer.length);
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new AssertionError(e);
      }
    }
  }

  private byte[] answer(ByteBuffer query) throws IOException {
    query.position(HEADER);
    StringBuilder name = new StringBuilder();
    for (int length = query.get(); length != 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.length() == 0 ? "" : ".")
          .append(new String(label, StandardCharsets.US_ASCII));
    }
    int type = query.getShort();
    query.getShort();
    String asks = name.toString();
    if (type == A || type == SOA) {
      asked.computeIfAbsent(asks, key -> new AtomicInteger()).incrementAndGet();
    }
    byte[] question = new byte[query.position() - HEADER];
    query.get(HEADER, question);
    List<String> addresses = type == A ? hosts.getOrDefault(asks, List.of()) : List.of();
    Long serial = type == SOA ? serials.get(asks) : null;
    boolean known = hosts.containsKey(asks) || serials.containsKey(asks);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(query.getShort(0));
    out.writeShort(0x8180 | (known ? 0 : UNKNOWN));
    out.writeShort(1);
    out.writeShort(addresses.size() + (serial == null ? 0 : 1));
    out.writeInt(0);
    out.write(question);
    for (String address : addresses) {
      record(out, A, InetAddress.getByName(address).getAddress());
    }
    if (serial != null) {
      record(out, SOA, soa(serial));
    }
    return bytes.toByteArray();
  }

  private static void record(DataOutputStream out, int type, byte[] data) throws IOException {
    out.writeShort(0xC00C); // the name in the question
    out.writeShort(type);
    out.writeShort(1);
    out.writeInt(3_600); // which the sidecar does not heed, as PgBouncer does not
    out.writeShort(data.length);
    out.write(data);
  }

  private static byte[] soa(long serial) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {2, 'n', 's'});
    out.writeShort(0xC00C);
    out.write(new byte[] {4, 'r', 'o', 'o', 't', 0});
    out.writeInt((int) serial);
    for (int i = 0; i < 4; i++) {
      out.writeInt(60);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
