package dev.sluice.proxy;

import dev.sluice.proxy.config.Settings;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of hosts, remembered for as long as the settings say. A host is looked up when a
 * server is to be opened there and the time is over, and when the serial number of its zone has
 * changed. Servers at an address that the host has no more are replaced. Thread-safe.
 */
final class HostNames {
  /**
   * What a lookup said.
   *
   * @param addresses none if it failed
   * @param at when, by the nanosecond clock
   */
  private record Answer(List<InetAddress> addresses, long at) {
    boolean failed() {
      return addresses.isEmpty();
    }
  }

  /**
   * A row for the console.
   *
   * @param secondsLeft until the next server is opened with a new lookup
   */
  record Host(String name, long secondsLeft, String addresses) {}

  /** A row for the console. */
  record Zone(String name, long serial, int hosts) {}

  private final ProxyCore core;
  private final ConcurrentMap<String, Answer> answers = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<String, Long> serials = new ConcurrentSkipListMap<>();

  /** The addresses that a host had when it was last found. */
  private final ConcurrentMap<String, Set<InetAddress>> found = new ConcurrentHashMap<>();

  private final ConcurrentMap<String, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
  private final AtomicBoolean checking = new AtomicBoolean();
  private HostLookup lookup = HostLookup.SYSTEM;
  private volatile @Nullable DnsClient dns;
  private long checkedAt;

  HostNames(ProxyCore core) {
    this.core = core;
    this.checkedAt = core.clock.getAsLong();
  }

  /**
   * Uses the file that resolv_conf names. Called once, before the first lookup.
   *
   * @throws IOException if it cannot be used
   */
  void begin() throws IOException {
    if (core.config().settings().resolvConf().isPresent()) {
      lookup = dns();
    }
  }

  private synchronized DnsClient dns() throws IOException {
    DnsClient known = dns;
    if (known == null) {
      known =
          new DnsClient(
              core.loops.next(), core.transport.udp, core.config().settings().resolvConf());
      dns = known;
    }
    return known;
  }

  void close() {
    DnsClient known = dns;
    if (known != null) {
      known.close();
    }
  }

  /**
   * All addresses of a host, in an order that stays as long as they are remembered. May block.
   *
   * @throws UnknownHostException if there are none, or there were none shortly before
   */
  List<InetAddress> all(String host) throws UnknownHostException {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      return List.of(InetAddress.getByAddress(literal));
    }
    Answer known = answers.get(host);
    Answer answer = known == null || left(known) <= 0 ? ask(host) : known;
    if (answer.failed()) {
      throw new UnknownHostException(host);
    }
    return answer.addresses();
  }

  /** For how many nanoseconds an answer still counts. */
  private long left(Answer answer) {
    Settings settings = core.config().settings();
    Duration limit = answer.failed() ? settings.dnsNxdomainTtl() : settings.dnsMaxTtl();
    return limit.toNanos() - (core.clock.getAsLong() - answer.at());
  }

  /** Looks a host up; those who ask meanwhile get the same answer. */
  private Answer ask(String host) throws UnknownHostException {
    CompletableFuture<Answer> mine = new CompletableFuture<>();
    CompletableFuture<Answer> other = asked.putIfAbsent(host, mine);
    if (other != null) {
      return await(host, other);
    }
    Answer answer = new Answer(List.of(), core.clock.getAsLong());
    try {
      answer = new Answer(List.of(lookup.all(host)), core.clock.getAsLong());
      foundAt(host, Set.copyOf(answer.addresses()));
    } catch (UnknownHostException e) {
      core.log.write(SidecarLog.Level.DEBUG, "DNS lookup failed: " + e.getMessage());
    } finally {
      answers.put(host, answer);
      asked.remove(host, mine);
      mine.complete(answer);
    }
    return answer;
  }

  private static Answer await(String host, CompletableFuture<Answer> other)
      throws UnknownHostException {
    try {
      return other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException(host + ": interrupted");
    } catch (ExecutionException e) {
      throw new AssertionError("nobody fails it", e);
    }
  }

  // ---- changes

  private void foundAt(String host, Set<InetAddress> now) {
    Set<InetAddress> gone = new HashSet<>(found.getOrDefault(host, now));
    found.put(host, now);
    gone.removeAll(now);
    if (!gone.isEmpty()) {
      core.log.log("DNS: " + host + " is no longer at " + text(gone) + ", but at " + text(now));
      core.pools.unended().forEach(pool -> retire(pool, host, gone));
    }
  }

  private static String text(Set<InetAddress> addresses) {
    return String.join(",", addresses.stream().map(InetAddress::getHostAddress).sorted().toList());
  }

  private static void retire(ServerPool pool, String host, Set<InetAddress> gone) {
    if (pool.limits().database().hosts().contains(host)) {
      Operations.retire(
          pool,
          "obsolete connection",
          server ->
              server.channel.remoteAddress() instanceof InetSocketAddress there
                  && gone.contains(there.getAddress()));
    }
  }

  /** Checks the zones if it is time for that. Called several times a second. */
  void tick(long now) {
    Duration period = core.config().settings().dnsZoneCheckPeriod();
    if (period.isZero()
        || now - checkedAt < period.toNanos()
        || !checking.compareAndSet(false, true)) {
      return;
    }
    checkedAt = now;
    core.onWorker(this::checkZones);
  }

  private void checkZones() {
    try {
      DnsClient client = dns();
      for (String zone : zones().keySet()) {
        check(zone, client.serial(zone));
      }
    } catch (IOException e) {
      core.log.warning("zones cannot be checked: " + e.getMessage());
    } finally {
      checking.set(false);
    }
  }

  private void check(String zone, OptionalLong serial) {
    if (serial.isEmpty()) {
      return;
    }
    Long before = serials.put(zone, serial.getAsLong());
    if (before == null || before == serial.getAsLong()) {
      return;
    }
    core.log.log("DNS: zone " + zone + " has changed, serial " + serial.getAsLong());
    for (String host : zones().getOrDefault(zone, List.of())) {
      try {
        ask(host);
      } catch (UnknownHostException e) {
        core.log.warning("DNS: " + e.getMessage());
      }
    }
  }

  /** The hosts of each zone: what stands behind a name's first dot. */
  private Map<String, List<String>> zones() {
    Map<String, List<String>> zones = new ConcurrentSkipListMap<>();
    for (String host : answers.keySet()) {
      int dot = host.indexOf('.');
      if (dot > 0 && dot < host.length() - 1) {
        zones.computeIfAbsent(host.substring(dot + 1), zone -> new ArrayList<>()).add(host);
      }
    }
    return zones;
  }

  // ---- for the console

  List<Host> hosts() {
    return answers.entrySet().stream()
        .map(
            entry ->
                new Host(
                    entry.getKey(),
                    Math.max(0, left(entry.getValue()) / 1_000_000_000L),
                    String.join(
                        ",",
                        entry.getValue().addresses().stream()
                            .map(InetAddress::getHostAddress)
                            .toList())))
        .toList();
  }

  /** The zones whose serial numbers are known. */
  List<Zone> zoneTable() {
    Map<String, List<String>> hosts = zones();
    return serials.entrySet().stream()
        .map(
            entry ->
                new Zone(
                    entry.getKey(),
                    entry.getValue(),
                    hosts.getOrDefault(entry.getKey(), List.of()).size()))
        .toList();
  }

  /** How many lookups are under way. */
  int pending() {
    return asked.size();
  }
}
