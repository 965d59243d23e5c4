package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.StartupPacket;
import java.util.List;
import java.util.Locale;

/** Whether a client replicates, and what. */
enum Replication {
  NONE,
  /** The changes of one database; the session takes SQL too. */
  LOGICAL,
  /** The log of the whole server. */
  PHYSICAL;

  private static final List<String> YES = List.of("true", "on", "yes", "1");
  private static final List<String> NO = List.of("false", "off", "no", "0", "");

  /**
   * What the start-up packet asks for.
   *
   * @throws ProtocolException if PostgreSQL would not understand it either
   */
  static Replication of(StartupPacket.Login login) throws ProtocolException {
    String wanted = login.parameters().getOrDefault("replication", "").toLowerCase(Locale.ROOT);
    if (wanted.equals("database")) {
      return LOGICAL;
    }
    if (YES.contains(wanted)) {
      return PHYSICAL;
    }
    if (NO.contains(wanted)) {
      return NONE;
    }
    throw new ProtocolException("unsupported replication value: " + wanted);
  }

  /** As the console has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
