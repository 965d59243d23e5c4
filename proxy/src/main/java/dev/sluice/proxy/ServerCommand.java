package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A query of the pooler's own: a check, a cleaning, connect_query. Its rows are ignored. */
final class ServerCommand extends ServerTask<@Nullable Void> {
  private final String sql;

  private ServerCommand(ServerConnection server, String sql) {
    super(server);
    this.sql = sql;
  }

  /**
   * Runs a query on a connection that the caller has from the pool.
   *
   * @return completes when the server is ready again; exceptionally if the query failed or the
   *     connection ended
   */
  static CompletableFuture<@Nullable Void> run(ServerConnection server, String sql) {
    return new ServerCommand(server, sql).begin();
  }

  @Override
  void send() {
    server.outstanding.own();
    ByteBuf query = server.channel.alloc().buffer(sql.length() + 6);
    Requests.query(query, sql);
    server.channel.writeAndFlush(query);
  }

  @Override
  void answered() {
    if (server.outstanding.ownFailed()) {
      done.completeExceptionally(new ServerFailure("'" + sql + "' failed"));
    } else if (server.outstanding.status() != TransactionStatus.IDLE) {
      done.completeExceptionally(new ServerFailure("'" + sql + "' left a transaction open"));
    } else {
      done.complete(null);
    }
  }

  @Override
  public boolean begins(byte type) throws ProtocolException {
    server.outstanding.answered(type);
    return false;
  }
}
