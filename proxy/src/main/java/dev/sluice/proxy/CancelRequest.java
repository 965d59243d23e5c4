package dev.sluice.proxy;

import dev.sluice.proxy.config.PeerEntry;
import dev.sluice.proxy.config.Settings;

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

  CancelRequest(ClientConnection sender, long key) {
    this.sender = sender;
    this.core = sender.core;
    this.key = key;
  }

  void run() {
    Settings settings = core.config().settings();
    int own = settings.peerId();
    int peer = CancelKeys.peerOf(key);
    if (own != 0 && peer != own) {
      passOn(peer);
      return;
    }
    ClientSession session = core.clients.byKey(own == 0 ? key : CancelKeys.original(key));
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
          .cancel(peer, CancelKeys.passedOn(key))
          .whenComplete(
              (done, failure) ->
                  sender
                      .channel
                      .eventLoop()
                      .execute(() -> sender.close(failure == null ? DONE : "cancel_wait_timeout")));
    }
  }
}
