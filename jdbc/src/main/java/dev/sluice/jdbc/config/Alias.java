package dev.sluice.jdbc.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer's name for an option.
 *
 * @param name as the peer writes it
 * @param peers the pools that use this name; the unit of the first one counts
 * @param option the option that it means; null if it is refused or has no effect
 * @param translation what the peer's value means; if {@code option} is null, only whether it is
 *     accepted
 * @param note why it is refused or what differs, as a sentence; empty if there is nothing to say
 */
record Alias(
    String name, List<Peer> peers, @Nullable Option option, Translation translation, String note) {

  /** A name whose values mean the same. */
  static Alias same(Peer peer, String name, Option option) {
    return of(peer, name, option, Translation.SAME, "");
  }

  /** A duration; bare numbers have the peer's unit. */
  static Alias time(Peer peer, String name, Option option) {
    return of(peer, name, option, Translation.TIME, "");
  }

  static Alias of(Peer peer, String name, Option option, Translation translation, String note) {
    return new Alias(name, List.of(peer), option, translation, note);
  }

  /** A name that is known but not supported. */
  static Alias refused(Peer peer, String name, String why) {
    return new Alias(name, List.of(peer), null, Translation.REFUSED, why);
  }

  /** A name whose accepted values all ask for what Sluice does anyway. */
  static Alias noEffect(Peer peer, String name, Translation check, String why) {
    return new Alias(name, List.of(peer), null, check, why);
  }

  Peer peer() {
    return peers.get(0);
  }

  /** Translates a peer's value into a value of the option. */
  Object translate(Object raw, Peer peer) throws BadValue {
    if (translation == Translation.REFUSED) {
      throw new BadValue(note);
    }
    return translation.translate(raw, peer);
  }
}
