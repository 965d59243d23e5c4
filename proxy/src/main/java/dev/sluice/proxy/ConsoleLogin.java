package dev.sluice.proxy;

import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.config.ProxyConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets clients into the console. */
final class ConsoleLogin {
  /** What a server would say of itself. Drivers read the version, and ask for nothing newer. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "server_version", SidecarVersion.PGBOUNCER + "/bouncer",
          "client_encoding", "UTF8",
          "server_encoding", "UTF8",
          "DateStyle", "ISO",
          "TimeZone", "GMT",
          "standard_conforming_strings", "on",
          "integer_datetimes", "on",
          "is_superuser", "on");

  private ConsoleLogin() {}

  static boolean isFor(String database) {
    return database.equals(ConsoleRight.DATABASE);
  }

  /** Lets a client in that needs no password. Whether it did. */
  static boolean withoutPassword(ClientConnection client, ChannelHandler login) {
    ConsoleRight right =
        ConsoleRight.withoutPassword(
            client.user, client.origin, client.core.userId, client.core.config().settings());
    if (right == ConsoleRight.NONE) {
      return false;
    }
    if (client.origin.isUnix() && client.core.config().settings().logConnections()) {
      client.log("pgbouncer access from unix socket");
    }
    enter(client, right, login);
    return true;
  }

  /** Lets a client in that has proved who it is, if it may come in. */
  static void afterPassword(ClientConnection client, ChannelHandler login) {
    ConsoleRight right = ConsoleRight.of(client.user, client.core.config().settings());
    if (right == ConsoleRight.NONE) {
      client.fail("08P01", "not allowed");
    } else {
      enter(client, right, login);
    }
  }

  private static void enter(ClientConnection client, ConsoleRight right, ChannelHandler login) {
    String exceeded = count(client, right);
    if (exceeded != null) {
      client.fail("08P01", "client connections exceeded (" + exceeded + ")");
      return;
    }
    client.loggedIn();
    ByteBuf out = client.channel.alloc().buffer();
    Replies.authentication(out, 0, new byte[0]);
    SETTINGS.forEach((name, value) -> Replies.parameterStatus(out, name, value));
    byte[] key = new byte[Long.BYTES];
    ByteBuffer.wrap(key).putLong(client.id); // nothing that runs here can be cancelled
    Replies.backendKeyData(out, key);
    Replies.ready(out, TransactionStatus.IDLE);
    client.channel.writeAndFlush(out);
    client.core.stats.console().login();
    if (client.core.config().settings().logConnections()) {
      client.log(
          "login attempt: db=pgbouncer user="
              + client.user
              + " tls="
              + tls(client)
              + " replication=no");
    }
    client.channel.pipeline().addLast(new ConsoleSession(client, right));
    client.channel.pipeline().remove(login); // what came after goes on to the session
  }

  /** Counts a client in; those who may change the limits are not limited themselves. */
  private static @Nullable String count(ClientConnection client, ConsoleRight right) {
    boolean limited = right != ConsoleRight.ADMIN;
    ProxyConfig config = client.core.config();
    int mostOfUser =
        config
            .user(client.user)
            .maxUserClientConnections()
            .orElse(config.settings().maxUserClientConnections());
    return client.core.counts.enter(
        ConsoleRight.DATABASE,
        limited ? config.settings().maxDbClientConnections() : 0,
        client.user,
        limited ? mostOfUser : 0);
  }

  private static String tls(ClientConnection client) {
    return client.tls.isEmpty() ? "no" : client.tls;
  }
}
