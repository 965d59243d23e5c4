package dev.sluice.proxy;

import dev.sluice.proxy.config.Settings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The settings that concern the kernel's sockets. */
final class SocketOptions {
  /** In the order of the bits of a mode, the lowest first. */
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ
  };

  private SocketOptions() {}

  /** Lets several processes listen on one port, if the settings want that. */
  static void share(ServerBootstrap bootstrap, Transport transport, Settings settings) {
    if (settings.soReuseport()) {
      bootstrap.option(
          transport == Transport.NIO
              ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT)
              : UnixChannelOption.SO_REUSEPORT,
          true);
    }
  }

  /**
   * Sets what the settings say for a connection by TCP, to a client or to a server. Zero leaves the
   * kernel's default. Details of keep-alive need the kernel's own interface (epoll).
   */
  static void set(Channel channel, Settings settings) {
    if (!(channel instanceof SocketChannel)) {
      return;
    }
    set(channel, ChannelOption.TCP_NODELAY, true);
    set(channel, ChannelOption.SO_KEEPALIVE, settings.tcpKeepalive());
    int buffer = settings.tcpSocketBuffer();
    if (buffer > 0) {
      set(channel, ChannelOption.SO_RCVBUF, buffer);
      set(channel, ChannelOption.SO_SNDBUF, buffer);
    }
    if (channel instanceof EpollSocketChannel) {
      if (settings.tcpKeepalive()) {
        setUnlessZero(channel, EpollChannelOption.TCP_KEEPCNT, settings.tcpKeepcnt());
        setUnlessZero(channel, EpollChannelOption.TCP_KEEPIDLE, seconds(settings.tcpKeepidle()));
        setUnlessZero(channel, EpollChannelOption.TCP_KEEPINTVL, seconds(settings.tcpKeepintvl()));
      }
      int unanswered = (int) Math.min(settings.tcpUserTimeout().toMillis(), Integer.MAX_VALUE);
      setUnlessZero(channel, EpollChannelOption.TCP_USER_TIMEOUT, unanswered);
    }
  }

  private static int seconds(Duration time) {
    return (int) Math.min(time.toSeconds(), Short.MAX_VALUE); // the kernel takes no more
  }

  private static void setUnlessZero(Channel channel, ChannelOption<Integer> option, int value) {
    if (value > 0) {
      set(channel, option, value);
    }
  }

  private static <T> void set(Channel channel, ChannelOption<T> option, T value) {
    channel.config().setOption(option, value);
  }

  /**
   * Sets who may use a Unix socket.
   *
   * @throws IOException if there is no such group, or it may not be set
   */
  static void protect(Path socket, Settings settings) throws IOException {
    Optional<String> group = settings.unixSocketGroup().filter(name -> !name.isEmpty());
    if (group.isPresent()) {
      Files.getFileAttributeView(socket, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setGroup(
              socket
                  .getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByGroupName(group.get()));
    }
    Files.setPosixFilePermissions(socket, permissions(settings.unixSocketMode()));
  }

  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < BITS.length; i++) {
      if (((mode >>> i) & 1) != 0) {
        permissions.add(BITS[i]);
      }
    }
    return permissions;
  }
}
