package dev.sluice.proxy;

import dev.sluice.proxy.config.PeerEntry;
import dev.sluice.proxy.config.Settings;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Somebody's wish that a query be cancelled. If the client belongs to a peer, the peer gets the
 * request. Whoever sent it is answered by the end of its connection, when the request has been
 * dealt with.
 */
final class CancelRequest {
  private static final String DONE = "cancel request";

  private final ClientConnection sender;
  private final ProxyCore core;
  private final long key;
  private final byte[] rest;

  /** Makes one with the key as it came, of eight bytes at least. */
  CancelRequest(ClientConnection sender, byte[] key) {
    this.sender = sender;
    this.core = sender.core;
    this.key = ByteBuffer.wrap(key).getLong();
    this.rest = Arrays.copyOfRange(key, Long.BYTES, key.length);
  }

  void run() {
    Settings settings = core.config().settings();
    int own = settings.peerId();
    int peer = CancelKeys.peerOf(key);
    if (own != 0 && peer != own) {
      passOn(peer);
      return;
    }
    ClientSession session = core.clients.byKey(own == 0 ? key : CancelKeys.original(key), rest);
    if (session != null) {
      session.loop().execute(session::cancel);
    }
    sender.close(DONE);
  }

  private void passOn(int peerId) {
    PeerEntry peer = core.config().peers().get(peerId);
    if (peer == null) {
      sender.close("could not find peer to forward request to");
    } else if (!CancelKeys.mayGoOn(key)) {
      sender.close("failed to forward cancel request because its TTL was exhausted");
    } else {
      core.opener
          .cancel(peer, CancelKeys.passedOn(key), rest)
          .whenComplete(
              (done, failure) ->
                  sender
                      .channel
                      .eventLoop()
                      .execute(() -> sender.close(failure == null ? DONE : "cancel_wait_timeout")));
    }
  }
}
