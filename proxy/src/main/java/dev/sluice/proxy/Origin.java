package dev.sluice.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer is.
 *
 * @param address null for a Unix socket
 * @param port of the peer; for a Unix socket, that of the listener
 * @param processId of the peer, for a Unix socket; 0 if it is not known
 * @param userId of the account that runs the peer, for a Unix socket; -1 if it is not known
 */
record Origin(@Nullable InetAddress address, int port, int processId, int userId) {
  static Origin tcp(InetAddress address, int port) {
    return new Origin(address, port, 0, -1);
  }

  boolean isUnix() {
    return address == null;
  }

  /** As the console's columns have it: {@code 127.0.0.1}, {@code ::1} or {@code unix}. */
  String host() {
    InetAddress inet = address;
    return inet == null ? "unix" : NetUtil.toAddressString(inet);
  }

  /** As the log has it: {@code 127.0.0.1:5000}, {@code [::1]:5000}, or {@code unix(4711):6432}. */
  @Override
  public String toString() {
    if (isUnix()) {
      return "unix(" + processId + "):" + port;
    }
    String host = host();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
