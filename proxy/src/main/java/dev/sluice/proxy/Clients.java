package dev.sluice.proxy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All clients, by their number, and by the key with which their queries can be cancelled. */
final class Clients {
  private final RandomGenerator random;
  private final ConcurrentMap<Long, ClientConnection> byId = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, ClientSession> byKey = new ConcurrentHashMap<>();

  Clients(RandomGenerator random) {
    this.random = random;
  }

  void add(ClientConnection client) {
    byId.put(client.id, client);
  }

  void remove(ClientConnection client) {
    byId.remove(client.id);
    byKey.remove(client.cancelKey);
  }

  int size() {
    return byId.size();
  }

  Collection<ClientConnection> all() {
    return byId.values();
  }

  @Nullable ClientConnection get(long id) {
    return byId.get(id);
  }

  /**
   * Gives the client a key that no other has. Its first eight bytes are laid out for peers; the
   * rest, which only protocol 3.2 has, makes it harder to guess.
   */
  byte[] register(ClientConnection client, ClientSession session, int length) {
    int peerId = client.core.config().settings().peerId();
    long key;
    do { // some clients take the first half for a process, so it is not negative
      key = CancelKeys.make(random.nextLong() & Long.MAX_VALUE, peerId);
    } while (key == 0 || byKey.putIfAbsent(key, session) != null);
    byte[] rest = new byte[length - Long.BYTES];
    random.nextBytes(rest);
    client.cancelKey = key;
    client.cancelKeyRest = rest;
    return ByteBuffer.allocate(length).putLong(key).put(rest).array();
  }

  /** The session with this key; null if it has ended, or nobody ever had it. */
  @Nullable ClientSession byKey(long key, byte[] rest) {
    ClientSession session = byKey.get(key);
    return session != null && MessageDigest.isEqual(session.client.cancelKeyRest, rest)
        ? session
        : null;
  }

  /** Every session. */
  Collection<ClientSession> sessions() {
    return byKey.values();
  }
}
