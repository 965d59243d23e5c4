package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.Frontend;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.auth.StoredSecret;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One run of {@code auth_query}: asks for the name and the secret of a user, who is the query's
 * only parameter and so never part of its text.
 *
 * <p>No row means that there is no such user. A secret that is null, such as one that has expired,
 * means that the user has none, and nothing matches it.
 */
final class AuthQuery extends ServerTask<Optional<StoredSecret>> {
  /** The longest row: a name, and a secret of 64 kB. In bytes. */
  private static final int LONGEST_ROW = 1 << 17;

  private static final int HEADER = 5;
  private static final int COLUMNS = 2;

  private final String sql;
  private final String user;
  private final ByteArrayOutputStream row = new ByteArrayOutputStream();
  private int rows;

  private AuthQuery(ServerConnection server, String sql, String user) {
    super(server);
    this.sql = sql;
    this.user = user;
  }

  /**
   * Runs the query on a connection that the caller has from a pool.
   *
   * @return completes with the user's secret when the server is ready again; exceptionally if the
   *     query failed or the connection ended
   */
  static CompletableFuture<Optional<StoredSecret>> run(
      ServerConnection server, String sql, String user) {
    return new AuthQuery(server, sql, user).begin();
  }

  @Override
  void send() {
    ByteBuf out = server.channel.alloc().buffer();
    send(out, Frontend.PARSE, message(0, utf8(sql), 0, 0, 0));
    // The unnamed portal and statement, no formats, one value; the result as text.
    byte[] name = utf8(user);
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(name.length).array();
    send(out, Frontend.BIND, message(new byte[5], 1, length, name, new byte[2]));
    send(out, Frontend.EXECUTE, new byte[1 + Integer.BYTES]);
    send(out, Frontend.SYNC, new byte[0]);
    server.channel.writeAndFlush(out);
  }

  private void send(ByteBuf out, byte type, byte[] payload) {
    server.outstanding.relayed(type);
    Requests.message(out, type, payload);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Parts: bytes as they are, or one byte. */
  private static byte[] message(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof byte[] bytes) {
        out.writeBytes(bytes);
      } else {
        out.write((Integer) part);
      }
    }
    return out.toByteArray();
  }

  @Override
  void answered() {
    try {
      done.complete(rows == 0 ? Optional.empty() : Optional.of(secret(row.toByteArray())));
    } catch (ServerFailure e) {
      done.completeExceptionally(e);
    }
  }

  /** The second column of a DataRow. */
  static StoredSecret secret(byte[] message) throws ServerFailure {
    ByteBuffer in = ByteBuffer.wrap(message, HEADER, message.length - HEADER);
    int columns = in.remaining() < Short.BYTES ? 0 : in.getShort();
    if (columns != COLUMNS) {
      throw new ServerFailure("expected 2 columns from auth_query, not " + columns);
    }
    if (value(in).isEmpty()) {
      throw new ServerFailure("auth_query response contained null user name");
    }
    return value(in).map(StoredSecret::parse).orElse(StoredSecret.none());
  }

  private static Optional<byte[]> value(ByteBuffer in) throws ServerFailure {
    int length = in.remaining() < Integer.BYTES ? Integer.MAX_VALUE : in.getInt();
    if (length > in.remaining()) {
      throw new ServerFailure("malformed row from auth_query");
    }
    if (length < 0) {
      return Optional.empty();
    }
    byte[] value = new byte[length];
    in.get(value);
    return Optional.of(value);
  }

  /** Only the first row counts, as in PgBouncer; the others are skipped. */
  @Override
  public boolean begins(byte type) throws ProtocolException {
    server.outstanding.answered(type);
    return type == Backend.DATA_ROW && ++rows == 1;
  }

  @Override
  public void pass(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (row.size() + length <= LONGEST_ROW) {
      byte[] part = new byte[length];
      bytes.readBytes(part);
      row.writeBytes(part);
    } else {
      server.close("auth_query returned a row that is too long");
    }
    bytes.release();
  }
}
