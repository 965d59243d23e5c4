package dev.sluice.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How bytes get in and out: by the kernel's own interface where there is one, else by the JDK. */
enum Transport {
  EPOLL(
      EpollServerSocketChannel.class,
      EpollSocketChannel.class,
      EpollServerDomainSocketChannel.class,
      EpollDomainSocketChannel.class,
      EpollDatagramChannel.class),
  NIO(
      NioServerSocketChannel.class,
      NioSocketChannel.class,
      NioServerDomainSocketChannel.class,
      NioDomainSocketChannel.class,
      NioDatagramChannel.class);

  /** Names one of these, for comparisons; without it, the best one is chosen. */
  static final String PROPERTY = "sluice.transport";

  final Class<? extends ServerChannel> tcpListener;
  final Class<? extends Channel> tcp;
  final Class<? extends ServerChannel> unixListener;
  final Class<? extends Channel> unix;
  final Class<? extends DatagramChannel> udp;

  Transport(
      Class<? extends ServerChannel> tcpListener,
      Class<? extends Channel> tcp,
      Class<? extends ServerChannel> unixListener,
      Class<? extends Channel> unix,
      Class<? extends DatagramChannel> udp) {
    this.tcpListener = tcpListener;
    this.tcp = tcp;
    this.unixListener = unixListener;
    this.unix = unix;
    this.udp = udp;
  }

  /** The best that works here. */
  static Transport best() {
    String wanted = System.getProperty(PROPERTY);
    if (wanted != null) {
      return valueOf(wanted);
    }
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Event loops. */
  EventLoopGroup loops(int count) {
    IoHandlerFactory io = this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory("sluice-loop", true), io);
  }
}
