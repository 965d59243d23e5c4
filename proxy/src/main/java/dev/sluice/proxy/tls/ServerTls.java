package dev.sluice.proxy.tls;

import dev.sluice.pgwire.auth.ChannelBinding;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.config.SslMode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * TLS towards servers.
 *
 * <ul>
 *   <li>allow and prefer use TLS if the server can, and check nothing;
 *   <li>require demands TLS, and checks nothing;
 *   <li>verify-ca demands a certificate that {@code server_tls_ca_file} vouches for, or without
 *       that file the JDK's own authorities;
 *   <li>verify-full demands besides that the certificate is for the host that was asked for.
 * </ul>
 *
 * <p>Immutable; thread-safe.
 */
public final class ServerTls {
  /** What verifies the host's name; the JDK has no other name for it. */
  private static final String VERIFY_HOST = "HTTPS";

  private final SslContext context;
  private final SslMode mode;

  private ServerTls(SslContext context, SslMode mode) {
    this.context = context;
    this.mode = mode;
  }

  /**
   * Reads the files that the settings name. Blocks.
   *
   * @return empty if {@code server_tls_sslmode} is disable
   * @throws TlsException if a file cannot be used
   */
  public static Optional<ServerTls> load(Settings settings) throws TlsException {
    SslMode mode = settings.serverTlsSslmode();
    if (mode == SslMode.DISABLE) {
      return Optional.empty();
    }
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols(settings.serverTlsProtocols())
            .endpointIdentificationAlgorithm(mode == SslMode.VERIFY_FULL ? VERIFY_HOST : "");
    trust(settings, mode, builder);
    certificate(settings, builder);
    builder.ciphers(CipherSuites.of("server_tls13_ciphers", settings.serverTls13Ciphers()));
    try {
      return Optional.of(new ServerTls(builder.build(), mode));
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException("TLS setup failed: " + e.getMessage(), e);
    }
  }

  private static void trust(Settings settings, SslMode mode, SslContextBuilder builder)
      throws TlsException {
    Optional<Path> file = settings.serverTlsCaFile();
    if (mode != SslMode.VERIFY_CA && mode != SslMode.VERIFY_FULL) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (file.isPresent()) {
      builder.trustManager(Pem.certificates("server_tls_ca_file", file.get()));
    }
  }

  private static void certificate(Settings settings, SslContextBuilder builder)
      throws TlsException {
    Optional<Path> certificate = settings.serverTlsCertFile();
    Optional<Path> key = settings.serverTlsKeyFile();
    if (certificate.isPresent() && key.isPresent()) {
      List<X509Certificate> chain = Pem.certificates("server_tls_cert_file", certificate.get());
      builder.keyManager(Pem.privateKey("server_tls_key_file", key.get()), chain);
    }
  }

  /** Whether a server that has no TLS is refused. */
  public boolean isRequired() {
    return mode.compareTo(SslMode.REQUIRE) >= 0;
  }

  /** Why a handshake failed, in words that name the certificate if that is the reason. */
  public static String explain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "certificate verify failed: " + cause.getMessage();
      }
    }
    return String.valueOf(failure.getMessage());
  }

  /** What encrypts one connection to this host, given by name or address. */
  public SslHandler handler(ByteBufAllocator allocator, String host, int port) {
    return context.newHandler(allocator, host, port);
  }

  /** What a SCRAM exchange over this session can bind to. */
  public static ChannelBinding binding(SSLSession session) {
    return TlsSession.peer(session)
        .map(ChannelBinding::serverEndPoint)
        .orElse(ChannelBinding.none());
  }
}
