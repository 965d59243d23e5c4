package dev.sluice.compat.clients;

import io.netty.buffer.Unpooled;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlStatement;
import io.r2dbc.spi.R2dbcException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/** r2dbc-postgresql. */
final class R2dbcDriver implements Driver {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final PostgresqlConnection connection;

  R2dbcDriver(Front front) {
    PostgresqlConnectionConfiguration configuration =
        PostgresqlConnectionConfiguration.builder()
            .host("127.0.0.1")
            .port(front.port())
            .username(front.user())
            .password(front.password())
            .database(Front.DATABASE)
            .build();
    connection = wait(new PostgresqlConnectionFactory(configuration).create());
  }

  private static <T> T wait(Mono<T> mono) {
    return Objects.requireNonNull(mono.block(LIMIT));
  }

  @Override
  public String ask(String sql) {
    return wait(first(connection.createStatement(sql)));
  }

  private static Mono<String> first(PostgresqlStatement statement) {
    return statement
        .execute()
        .concatMap(result -> result.map((row, metadata) -> String.valueOf(row.get(0))))
        .next();
  }

  @Override
  public int increment(int number) {
    PostgresqlStatement statement =
        connection.createStatement("SELECT $1::int + 1").bind("$1", number);
    return Integer.parseInt(wait(first(statement)));
  }

  @Override
  public void begin() {
    connection.beginTransaction().block(LIMIT);
  }

  @Override
  public void commit() {
    connection.commitTransaction().block(LIMIT);
  }

  @Override
  public void rollback() {
    connection.rollbackTransaction().block(LIMIT);
  }

  @Override
  public CompletableFuture<String> attempt(String sql) {
    return connection
        .createStatement(sql)
        .execute()
        .concatMap(result -> result.getRowsUpdated())
        .then(Mono.just(""))
        .onErrorResume(R2dbcException.class, e -> Mono.just(String.valueOf(e.getSqlState())))
        .toFuture();
  }

  @Override
  public void cancel() {
    connection.cancelRequest().block(LIMIT);
  }

  @Override
  public long copyIn(String sql, String rows) {
    return wait(
        connection.copyIn(sql, Mono.just(Unpooled.copiedBuffer(rows, StandardCharsets.UTF_8))));
  }

  @Override
  public void close() {
    connection.close().block(LIMIT);
  }
}
