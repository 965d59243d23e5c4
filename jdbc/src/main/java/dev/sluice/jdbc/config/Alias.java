package dev.sluice.jdbc.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer's name for something.
 *
 * @param name as the peer writes it
 * @param peers who calls it so; the first one's unit counts
 * @param option the option that it means; null if it is refused or has no effect
 * @param translation what the peer's value means; if {@code option} is null, only whether it passes
 * @param note why it is refused or what differs, as a sentence; empty if nothing is to be said
 */
record Alias(
    String name, List<Peer> peers, @Nullable Option option, Translation translation, String note) {

  /** The same values mean the same. */
  static Alias same(Peer peer, String name, Option option) {
    return of(peer, name, option, Translation.SAME, "");
  }

  /** A duration, of which bare numbers are in the peer's unit. */
  static Alias time(Peer peer, String name, Option option) {
    return of(peer, name, option, Translation.TIME, "");
  }

  static Alias of(Peer peer, String name, Option option, Translation translation, String note) {
    return new Alias(name, List.of(peer), option, translation, note);
  }

  /** A name that is known but cannot be served. */
  static Alias refused(Peer peer, String name, String why) {
    return new Alias(name, List.of(peer), null, Translation.REFUSED, why);
  }

  /** A name that asks, with every value that passes, for what Sluice does anyway. */
  static Alias noEffect(Peer peer, String name, Translation check, String why) {
    return new Alias(name, List.of(peer), null, check, why);
  }

  Peer peer() {
    return peers.get(0);
  }

  /** Turns a peer's value into one that the option takes. */
  Object translate(Object raw, Peer peer) throws BadValue {
    if (translation == Translation.REFUSED) {
      throw new BadValue(note);
    }
    return translation.translate(raw, peer);
  }
}
