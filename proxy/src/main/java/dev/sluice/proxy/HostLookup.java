package dev.sluice.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Looks up the addresses of hosts. Thread-safe; blocks. */
interface HostLookup {
  /** By the JDK, which asks the operating system. */
  HostLookup SYSTEM = InetAddress::getAllByName;

  /**
   * All addresses of a host, at least one.
   *
   * @throws UnknownHostException if it has none, or nobody knows
   */
  InetAddress[] all(String host) throws UnknownHostException;
}
