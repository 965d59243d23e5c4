package dev.sluice.proxy;

/** The other end of a channel of the sidecar: a client or a server, as a script. */
interface SimPeer {
  /** Bytes came, cut anyhow. */
  void received(byte[] bytes);

  /** No more will come. */
  void closed();
}
