package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Text;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The prepared commands and the portals of one client of the console. */
final class ConsolePortals {
  /** The most that a client may name. */
  private static final int MOST = 1_000;

  /** A command that is ready to be executed. */
  static final class Portal {
    final ConsoleCommand command;

    /** How the client wants the columns: 0 as text, 1 binary. */
    final short[] formats;

    /** The rows that were described; null before. */
    @Nullable ConsoleAnswer answer;

    Portal(ConsoleCommand command, short[] formats) {
      this.command = command;
      this.formats = formats;
    }
  }

  private final Map<String, ConsoleCommand> statements = new HashMap<>();
  private final Map<String, Portal> portals = new HashMap<>();

  /** Takes the body of a Parse message. */
  void parse(ByteBuf body) throws ProtocolException, ConsoleException {
    String name = Text.read(body, "statement");
    ConsoleCommand command = ConsoleCommand.parse(Text.read(body, "query"));
    require(body, 2);
    if (body.readUnsignedShort() > 0) {
      throw parameters();
    }
    keep(statements, name, command);
  }

  /** Takes the body of a Bind message. */
  void bind(ByteBuf body) throws ProtocolException, ConsoleException {
    String name = Text.read(body, "portal");
    ConsoleCommand command = statement(Text.read(body, "statement"));
    codes(body);
    require(body, 2);
    if (body.readUnsignedShort() > 0) {
      throw parameters();
    }
    keep(portals, name, new Portal(command, codes(body)));
  }

  private static <T> void keep(Map<String, T> kept, String name, T value) throws ConsoleException {
    if (kept.size() >= MOST && !kept.containsKey(name)) {
      throw new ConsoleException("54000", "more than " + MOST + " prepared console commands");
    }
    kept.put(name, value);
  }

  private static short[] codes(ByteBuf body) throws ProtocolException {
    require(body, 2);
    int count = body.readUnsignedShort();
    require(body, 2 * count);
    short[] codes = new short[count];
    for (int i = 0; i < count; i++) {
      codes[i] = body.readShort();
    }
    return codes;
  }

  private static void require(ByteBuf body, int bytes) throws ProtocolException {
    if (body.readableBytes() < bytes) {
      throw new ProtocolException("a message for the console ends too early");
    }
  }

  private static ConsoleException parameters() {
    return new ConsoleException(
        "0A000", "console commands take no parameters: write the value into the command");
  }

  /** Takes the body of a Close message. */
  void close(ByteBuf body) throws ProtocolException {
    require(body, 2);
    byte what = body.readByte();
    String name = Text.read(body, "name");
    if (what == 'S') {
      statements.remove(name);
    } else {
      portals.remove(name);
    }
  }

  /** Takes the body of an Execute message; the limit on rows does not count here. */
  Portal executed(ByteBuf body) throws ProtocolException, ConsoleException {
    return portal(Text.read(body, "portal"));
  }

  ConsoleCommand statement(String name) throws ConsoleException {
    ConsoleCommand command = statements.get(name);
    if (command == null) {
      throw new ConsoleException("26000", "prepared statement \"" + name + "\" does not exist");
    }
    return command;
  }

  Portal portal(String name) throws ConsoleException {
    Portal portal = portals.get(name);
    if (portal == null) {
      throw new ConsoleException("34000", "portal \"" + name + "\" does not exist");
    }
    return portal;
  }

  /** Whether the client speaks the extended protocol. */
  boolean isInUse() {
    return !portals.isEmpty();
  }
}
