package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a prepared statement is made of: its text and the types of its parameters. Clients that
 * prepare the same share one. Immutable.
 *
 * <p>SQL's own PREPARE makes statements too. The definition of such a one is what follows its name
 * in that command: the types, AS, and the statement.
 *
 * <p>Servers know it by a name that {@link StatementCatalog} gave it, whatever clients call it.
 */
public final class PreparedText {
  /** The text, its zero, and the types, as Parse has them after the name. */
  private final byte[] definition;

  private final int hash;

  /** 0 until the catalog has given it its number. */
  final long id;

  private final String name;

  PreparedText(byte[] definition, long id) {
    this.definition = definition;
    this.hash = Arrays.hashCode(definition);
    this.id = id;
    this.name = "PGBOUNCER_" + id;
  }

  /** What servers call it. */
  public String name() {
    return name;
  }

  /** Whether SQL's own PREPARE makes it: Parse ends its text with a zero, which SQL cannot have. */
  public boolean isSql() {
    for (byte each : definition) {
      if (each == 0) {
        return false;
      }
    }
    return true;
  }

  /** The command that makes it, one character for each byte; only if {@link #isSql}. */
  public String prepareCommand() {
    return "PREPARE \"" + name + '"' + new String(definition, StandardCharsets.ISO_8859_1);
  }

  /** What means the same, but is another statement for servers: with one space more. */
  byte[] variant() {
    int end = 0;
    while (end < definition.length && definition[end] != 0) {
      end++;
    }
    byte[] longer = Arrays.copyOf(definition, definition.length + 1);
    longer[end] = ' ';
    System.arraycopy(definition, end, longer, end + 1, definition.length - end);
    return longer;
  }

  /** How many bytes it takes. */
  int length() {
    return definition.length;
  }

  /** Appends the Parse message that prepares it at a server. */
  public void writeParse(ByteBuf out) {
    out.writeByte(Frontend.PARSE).writeInt(4 + name.length() + 1 + definition.length);
    ByteBufUtil.writeAscii(out, name);
    out.writeByte(0).writeBytes(definition);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PreparedText text
        && hash == text.hash
        && Arrays.equals(definition, text.definition);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return name;
  }
}
