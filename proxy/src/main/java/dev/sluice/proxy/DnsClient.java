package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;

/**
 * Asks the servers of a resolver's configuration file, without a cache. Thread-safe; blocks, so it
 * must not be called on an event loop.
 */
final class DnsClient implements HostLookup, AutoCloseable {
  private static final int QUERY_LIMIT_MILLIS = 2_000;

  /** The two highest bits of a length mark a pointer to the rest of a name. */
  private static final int POINTER = 0xC0;

  private final DnsNameResolver resolver;

  /**
   * Makes one.
   *
   * @param file the configuration; empty: that of the system
   * @throws IOException if the file cannot be used
   */
  DnsClient(EventLoop loop, Class<? extends DatagramChannel> channel, Optional<Path> file)
      throws IOException {
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder(loop)
            .datagramChannelType(channel)
            .queryTimeoutMillis(QUERY_LIMIT_MILLIS)
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
    if (file.isPresent()) {
      read(file.get(), builder);
    }
    resolver = builder.build();
  }

  private static void read(Path file, DnsNameResolverBuilder builder) throws IOException {
    try {
      ResolvConf conf = ResolvConf.read(file);
      builder
          .nameServerProvider(new UnixResolverDnsServerAddressStreamProvider(file.toFile()))
          .searchDomains(conf.search())
          .ndots(conf.dots());
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("cannot use resolv_conf " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public InetAddress[] all(String host) throws UnknownHostException {
    return await(host, resolver.resolveAll(host)).toArray(InetAddress[]::new);
  }

  /** The serial number of a zone; empty if nobody says. */
  OptionalLong serial(String zone) {
    List<DnsRecord> records;
    try {
      records = await(zone, resolver.resolveAll(new DefaultDnsQuestion(zone, DnsRecordType.SOA)));
    } catch (UnknownHostException e) {
      return OptionalLong.empty();
    }
    OptionalLong serial = OptionalLong.empty();
    for (DnsRecord record : records) {
      if (record instanceof DnsRawRecord raw && DnsRecordType.SOA.equals(raw.type())) {
        serial = OptionalLong.of(serial(raw.content()));
      }
      ReferenceCountUtil.release(record);
    }
    return serial;
  }

  /** It stands behind the names of a server and of a person. */
  private static long serial(ByteBuf soa) {
    int at = afterName(soa, afterName(soa, soa.readerIndex()));
    return soa.getUnsignedInt(at);
  }

  private static int afterName(ByteBuf in, int from) {
    int at = from;
    for (int length = in.getUnsignedByte(at); length != 0; length = in.getUnsignedByte(at)) {
      if (length >= POINTER) {
        return at + 2;
      }
      at += 1 + length;
    }
    return at + 1;
  }

  private static <T> T await(String name, Future<T> asked) throws UnknownHostException {
    try {
      return asked.get(); // each query has its limit
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException(name + ": interrupted");
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(name);
      unknown.initCause(e.getCause());
      throw unknown;
    }
  }

  @Override
  public void close() {
    resolver.close();
  }
}
