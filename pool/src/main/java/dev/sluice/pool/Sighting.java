package dev.sluice.pool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of a lease that can be read without calling user code. {@link Diagnosis#describe} adds
 * the rest.
 */
record Sighting<R>(
    Slot<R> slot,
    long word,
    long id,
    long use,
    String tag,
    @Nullable Thread holder,
    long held,
    @Nullable R resource,
    List<StackTraceElement> acquiredAt) {

  static <R> Sighting<R> of(Slot<R> slot, long now) {
    long word = slot.word;
    StackSample sample = slot.stack;
    boolean sampled = sample != null && sample.token() == word;
    LeaseTag tag = slot.tag;
    return new Sighting<>(
        slot,
        word,
        slot.id,
        slot.uses(),
        tag != null && tag.token() == word ? tag.text() : "",
        slot.holder,
        Math.max(0, now - slot.leasedAt),
        slot.resource,
        sample != null && sampled ? sample.frames() : List.of());
  }

  /** Whether the lease went to a future. */
  boolean future() {
    return slot.isLentToFuture(word);
  }

  /** Whether the lease has not ended since. */
  @SuppressWarnings("ReferenceEquality") // the very resource
  boolean current() {
    return slot.word == word || slot.resource != resource;
  }
}
