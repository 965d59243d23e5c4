package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Takes in resources that were opened elsewhere, within the maximum. Takes no part in the limit on
 * opens at once, and says nothing of how long opening takes or whether it works.
 */
final class Adoption<R> {
  private final Opener<R> opener;
  private final Openings<R> openings;

  Adoption(Opener<R> opener, Openings<R> openings) {
    this.opener = opener;
    this.openings = openings;
  }

  /** False if there is no room or the pool is closed; the caller then still has the resource. */
  boolean adopt(R resource) {
    @Nullable Slot<R> slot = opener.reserveForAdopted();
    if (slot == null) {
      return false;
    }
    long opening = slot.openingUnder;
    try {
      return openings.takeIn(slot, opening, resource);
    } finally {
      opener.uncount(slot, opening);
    }
  }
}
