package dev.sluice.proxy;

import dev.sluice.pgwire.StartupPacket;
import dev.sluice.pgwire.auth.AuthMethod;
import dev.sluice.pgwire.auth.ChannelBinding;
import dev.sluice.pgwire.auth.ClientFacts;
import dev.sluice.pgwire.auth.ClientRequest;
import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.proxy.config.AuthType;
import dev.sluice.proxy.config.ConnectionKind;
import dev.sluice.proxy.config.HbaMethod;
import dev.sluice.proxy.config.HbaRule;
import dev.sluice.proxy.config.IdentMap;
import dev.sluice.proxy.config.LdapOptions;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.tls.ClientTls;
import dev.sluice.proxy.tls.TlsSession;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Optional;

/**
 * How a client must prove who it is: as {@code auth_type} says, or with {@code hba} as the first
 * rule says that matches; and what its connection says about it.
 */
final class Admission {
  private final ClientConnection client;
  private final StartupPacket.Login login;
  private final ProxyConfig config;

  Admission(ClientConnection client, StartupPacket.Login login, ProxyConfig config) {
    this.client = client;
    this.login = login;
    this.config = config;
  }

  /**
   * What the client's login is about; empty if no rule is for this client.
   *
   * @param secret what is known of the user; empty if there is no such user
   */
  Optional<ClientRequest> request(Optional<StoredSecret> secret) {
    AuthType type = config.settings().authType();
    if (type != AuthType.HBA) {
      return Optional.of(new ClientRequest(login.user(), method(type), secret, facts()));
    }
    return rule()
        .map(
            rule ->
                new ClientRequest(
                    login.user(),
                    method(rule.method()),
                    secret,
                    facts(),
                    rule.identMap().map(Mapped::new)));
  }

  /** The LDAP server that judges the client's password; empty if none does. */
  Optional<LdapOptions> ldap() {
    return switch (config.settings().authType()) {
      case LDAP -> config.ldap();
      case HBA -> rule().flatMap(HbaRule::ldap);
      default -> Optional.empty();
    };
  }

  private Optional<HbaRule> rule() {
    String replication = login.parameters().getOrDefault("replication", "");
    return config
        .hba()
        .match(
            kind(),
            client.origin.address(),
            login.database(),
            login.user(),
            List.of("true", "on", "yes", "1").contains(replication));
  }

  private ConnectionKind kind() {
    if (client.origin.isUnix()) {
      return ConnectionKind.LOCAL;
    }
    return client.tls.isEmpty() ? ConnectionKind.TCP_PLAIN : ConnectionKind.TCP_TLS;
  }

  private ClientFacts facts() {
    SslHandler tls = client.channel.pipeline().get(SslHandler.class);
    Optional<String> account =
        client.origin.isUnix() ? Accounts.name(client.origin.userId()) : Optional.empty();
    if (tls == null) {
      return new ClientFacts(false, ChannelBinding.none(), List.of(), account);
    }
    return new ClientFacts(
        true,
        client.core.tls().clients().map(ClientTls::binding).orElse(ChannelBinding.none()),
        TlsSession.names(tls.engine().getSession()),
        account);
  }

  private static AuthMethod method(AuthType type) {
    return switch (type) {
      case ANY -> AuthMethod.ANY;
      case TRUST -> AuthMethod.TRUST;
      case PLAIN -> AuthMethod.PLAIN;
      case MD5 -> AuthMethod.MD5;
      case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
      case CERT -> AuthMethod.CERT;
      case LDAP -> AuthMethod.LDAP;
      case HBA, PAM -> AuthMethod.REJECT;
    };
  }

  private static AuthMethod method(HbaMethod method) {
    return switch (method) {
      case TRUST -> AuthMethod.TRUST;
      case MD5 -> AuthMethod.MD5;
      case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
      case PASSWORD -> AuthMethod.PLAIN;
      case PEER -> AuthMethod.PEER;
      case CERT -> AuthMethod.CERT;
      case LDAP -> AuthMethod.LDAP;
      case REJECT -> AuthMethod.REJECT;
    };
  }

  /** A map of the configuration, for {@link dev.sluice.pgwire.auth}, which knows no files. */
  private record Mapped(IdentMap map) implements dev.sluice.pgwire.auth.IdentMap {
    @Override
    public String name() {
      return map.name();
    }

    @Override
    public boolean allows(String systemName, String user) {
      return map.allows(systemName, user);
    }
  }
}
