package dev.sluice.proxy.tls;

import dev.sluice.pgwire.auth.ChannelBinding;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.config.SslMode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** TLS towards clients: this side shows a certificate. Immutable; thread-safe. */
public final class ClientTls {
  /** The protocol that clients name which begin TLS without asking first. */
  public static final String ALPN = "postgresql";

  private final SslContext context;
  private final SslMode mode;
  private final ChannelBinding binding;

  private ClientTls(SslContext context, SslMode mode, ChannelBinding binding) {
    this.context = context;
    this.mode = mode;
    this.binding = binding;
  }

  /**
   * Reads the files that the settings name. Blocks.
   *
   * <p>With verify-ca and verify-full a client must show a certificate that {@code
   * client_tls_ca_file} vouches for. In the other modes it may show one, if there is such a file.
   *
   * @return empty if {@code client_tls_sslmode} is disable
   * @throws TlsException if a file cannot be used
   */
  public static Optional<ClientTls> load(Settings settings) throws TlsException {
    SslMode mode = settings.clientTlsSslmode();
    if (mode == SslMode.DISABLE) {
      return Optional.empty();
    }
    List<X509Certificate> chain =
        Pem.certificates("client_tls_cert_file", required(settings.clientTlsCertFile()));
    PrivateKey key = Pem.privateKey("client_tls_key_file", required(settings.clientTlsKeyFile()));
    SslContextBuilder builder =
        SslContextBuilder.forServer(key, chain.toArray(X509Certificate[]::new))
            .sslProvider(SslProvider.JDK)
            .protocols(settings.clientTlsProtocols())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ALPN));
    authorities(settings, mode, builder);
    builder.ciphers(CipherSuites.of("client_tls13_ciphers", settings.clientTls13Ciphers()));
    try {
      ChannelBinding binding = ChannelBinding.serverEndPoint(chain.get(0));
      return Optional.of(new ClientTls(builder.build(), mode, binding));
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException("TLS setup failed: " + e.getMessage(), e);
    }
  }

  private static void authorities(Settings settings, SslMode mode, SslContextBuilder builder)
      throws TlsException {
    Optional<Path> file = settings.clientTlsCaFile();
    boolean verify = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
    if (file.isPresent()) {
      builder
          .trustManager(Pem.certificates("client_tls_ca_file", file.get()))
          .clientAuth(verify ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
    } else if (verify) {
      throw new TlsException("TLS setup failed: client_tls_sslmode requires client_tls_ca_file");
    }
  }

  private static Path required(Optional<Path> file) throws TlsException {
    return file.orElseThrow(
        () ->
            new TlsException(
                "TLS setup failed: client_tls_key_file and client_tls_cert_file must be set"));
  }

  /** Whether a client that came by TCP must use TLS. */
  public boolean isRequired() {
    return mode.compareTo(SslMode.REQUIRE) >= 0;
  }

  /** What a client's SCRAM exchange can bind to. */
  public ChannelBinding binding() {
    return binding;
  }

  /** What encrypts one connection. */
  public SslHandler handler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }
}
