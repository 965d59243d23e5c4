package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All statements that clients have prepared, each once, with the number that makes its name at the
 * servers. Thread-safe.
 *
 * <p>Users count: a statement is forgotten when the last client that prepared it and the last
 * server that knows it have let it go. A number is never given twice, so what a server remembers by
 * a name can only be the text that had it.
 */
public final class StatementCatalog {
  private final ConcurrentMap<PreparedText, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  private record Entry(PreparedText text, long users) {}

  /**
   * The statement of a Parse message, and one user more of it.
   *
   * @param definition what follows the name in Parse; is not consumed
   */
  public PreparedText use(ByteBuf definition) {
    PreparedText wanted = new PreparedText(ByteBufUtil.getBytes(definition), 0);
    return change(wanted, definition).text();
  }

  /** The statement that SQL's PREPARE makes, and one user more of it. */
  public PreparedText use(String afterName) {
    ByteBuf definition = Unpooled.copiedBuffer(afterName, StandardCharsets.ISO_8859_1);
    return use(definition);
  }

  /** A statement that means the same by another name, and one user more of it. */
  public PreparedText useVariant(PreparedText text) {
    return use(Unpooled.wrappedBuffer(text.variant()));
  }

  private Entry change(PreparedText wanted, ByteBuf definition) {
    Entry entry =
        entries.compute(
            wanted,
            (text, known) ->
                known == null
                    ? new Entry(named(definition), 1)
                    : new Entry(known.text(), known.users() + 1));
    if (entry == null) {
      throw new AssertionError("compute() has made an entry");
    }
    return entry;
  }

  private PreparedText named(ByteBuf definition) {
    return new PreparedText(ByteBufUtil.getBytes(definition), ids.incrementAndGet());
  }

  /** One user more of a statement that has one. */
  public void use(PreparedText text) {
    entries.compute(
        text,
        (same, known) ->
            known == null ? new Entry(text, 1) : new Entry(known.text(), known.users() + 1));
  }

  /** One user less. */
  public void release(PreparedText text) {
    entries.computeIfPresent(
        text,
        (same, known) -> known.users() == 1 ? null : new Entry(known.text(), known.users() - 1));
  }

  /** How many statements are known. */
  public int size() {
    return entries.size();
  }
}
