package dev.sluice.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first packet of a client: the only one without a type. Its length is checked before anything
 * is allocated for it.
 *
 * <p>Source: PostgreSQL's documentation, "Message Formats".
 */
public sealed interface StartupPacket {
  /** PostgreSQL's own limit for a start-up packet, in bytes. */
  int MAX_LENGTH = 10_000;

  /** The longest key of a cancel request that protocol 3.2 allows, in bytes. */
  int MAX_KEY = 256;

  int CANCEL_CODE = 80_877_102;
  int SSL_CODE = 80_877_103;
  int GSS_CODE = 80_877_104;

  /** Protocol 3.0. */
  int VERSION_3_0 = 3 << 16;

  /** Protocol 3.2. */
  int VERSION_3_2 = (3 << 16) | 2;

  /**
   * A client that wants to log in.
   *
   * @param version of the protocol: major in the upper, minor in the lower 16 bits
   * @param parameters in the client's order; {@code user} is always there
   */
  record Login(int version, Map<String, String> parameters) implements StartupPacket {
    /** Keeps the map. */
    public Login {}

    /** The user. */
    public String user() {
      return parameters.getOrDefault("user", "");
    }

    /** The newest version up to the client's that is spoken here. There never was a 3.1. */
    public int spokenVersion() {
      return version >= VERSION_3_2 ? VERSION_3_2 : VERSION_3_0;
    }

    /** The options of the protocol that the client asks for. None is known here. */
    public List<String> protocolOptions() {
      return parameters.keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    }

    /** The database: by default, the one that is named like the user. */
    public String database() {
      String database = parameters.getOrDefault("database", "");
      return database.isEmpty() ? user() : database;
    }
  }

  /** A client that asks for TLS. */
  record SslRequest() implements StartupPacket {}

  /** A client that asks for encryption by GSSAPI. */
  record GssRequest() implements StartupPacket {}

  /**
   * Somebody who wants the query of the client with this key to be cancelled.
   *
   * @param key in hexadecimal digits
   */
  record Cancel(String key) implements StartupPacket {}

  /**
   * Reads the packet.
   *
   * @return null while bytes are missing; then nothing was read
   * @throws ProtocolException if this is no packet that a client may begin with
   */
  static @Nullable StartupPacket read(ByteBuf in) throws ProtocolException {
    if (in.readableBytes() < 4) {
      return null;
    }
    int length = in.getInt(in.readerIndex());
    if (length < 8 || length > MAX_LENGTH) {
      throw new ProtocolException(
          "invalid length of startup packet: " + length + ", allowed are 8 to " + MAX_LENGTH);
    }
    if (in.readableBytes() < length) {
      return null;
    }
    ByteBuf packet = in.readSlice(length).skipBytes(4);
    return of(packet.readInt(), packet);
  }

  private static StartupPacket of(int code, ByteBuf body) throws ProtocolException {
    return switch (code) {
      case SSL_CODE -> empty(body, new SslRequest());
      case GSS_CODE -> empty(body, new GssRequest());
      case CANCEL_CODE -> cancel(body);
      default -> login(code, body);
    };
  }

  private static StartupPacket empty(ByteBuf body, StartupPacket packet) throws ProtocolException {
    if (body.isReadable()) {
      throw new ProtocolException("bytes follow in a request that has none");
    }
    return packet;
  }

  private static StartupPacket cancel(ByteBuf body) throws ProtocolException {
    int length = body.readableBytes();
    if (length < 8 || length > 4 + MAX_KEY) {
      throw new ProtocolException("invalid length of cancel key: " + length + " bytes");
    }
    return new Cancel(ByteBufUtil.hexDump(body));
  }

  private static StartupPacket login(int version, ByteBuf body) throws ProtocolException {
    if (version >>> 16 != 3) {
      throw new ProtocolException(
          "unsupported protocol version " + (version >>> 16) + "." + (version & 0xffff));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    while (true) {
      String key = Text.read(body, "name of a startup parameter");
      if (key.isEmpty()) {
        break;
      }
      parameters.put(key, Text.read(body, "value of a startup parameter"));
    }
    if (body.isReadable()) {
      throw new ProtocolException("bytes follow the end of the startup parameters");
    }
    if (parameters.getOrDefault("user", "").isEmpty()) {
      throw new ProtocolException("no user name in the startup packet");
    }
    return new Login(version, parameters);
  }
}
