package dev.sluice.contract;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.ValidationDepth;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A reactive connection as a JDBC one, for trials that are written for JDBC. It blocks for each
 * answer. What R2DBC has no word for is not offered.
 */
final class BlockingFace implements InvocationHandler {
  private final Connection reactive;

  private BlockingFace(Connection reactive) {
    this.reactive = reactive;
  }

  static java.sql.Connection of(Connection reactive) {
    return face(java.sql.Connection.class, new BlockingFace(reactive));
  }

  private static <T> T face(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** What both interfaces say of a failure. */
  static SQLException asSql(Throwable failure) {
    if (failure instanceof R2dbcException e) {
      return new SQLException(e.getMessage(), e.getSqlState(), e.getErrorCode(), e);
    }
    return new SQLException(failure);
  }

  private static <T> @Nullable T await(Publisher<? extends T> publisher) throws SQLException {
    return await(() -> publisher);
  }

  private interface Source<T> {
    Publisher<? extends T> get();
  }

  private static <T> @Nullable T await(Source<T> source) throws SQLException {
    try {
      return Flux.<T>from(source.get()).blockLast();
    } catch (R2dbcException e) {
      throw asSql(e);
    }
  }

  private static NotOffered notOffered(Method method) {
    return new NotOffered(
        "R2DBC has no " + method.getDeclaringClass().getSimpleName() + "." + method.getName());
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a face is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws SQLException {
    Object first = given == null ? null : given[0];
    return switch (method.getName()) {
      case "equals" -> proxy == first;
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> reactive.toString();
      case "close" -> await(reactive.close());
      case "isClosed" -> !isOpen();
      case "isValid" -> Boolean.TRUE.equals(await(() -> reactive.validate(ValidationDepth.REMOTE)));
      case "getAutoCommit" -> await(() -> Mono.just(reactive.isAutoCommit()));
      case "setAutoCommit" -> await(() -> reactive.setAutoCommit(Boolean.TRUE.equals(first)));
      case "commit" -> await(reactive::commitTransaction);
      case "rollback" -> await(reactive::rollbackTransaction);
      case "getTransactionIsolation" ->
          await(
              () -> Mono.just(JdbcDriver.Isolations.jdbc(reactive.getTransactionIsolationLevel())));
      case "setTransactionIsolation" ->
          await(
              () ->
                  reactive.setTransactionIsolationLevel(
                      JdbcDriver.Isolations.reactive((Integer) first)));
      case "createStatement" -> statement(Statement.class, "");
      case "prepareStatement" -> statement(PreparedStatement.class, (String) first);
      default -> {
        requireOpen();
        throw notOffered(method);
      }
    };
  }

  private boolean isOpen() throws SQLException {
    return Boolean.TRUE.equals(await(() -> reactive.validate(ValidationDepth.LOCAL)));
  }

  private void requireOpen() throws SQLException {
    await(() -> Mono.just(reactive.getMetadata()));
  }

  private Object statement(Class<? extends Statement> type, String prepared) throws SQLException {
    requireOpen();
    return face(
        type,
        (proxy, method, given) -> {
          String sql = given == null ? prepared : String.valueOf(given[0]);
          return switch (method.getName()) {
            case "execute" -> {
              await(
                  () ->
                      Flux.from(reactive.createStatement(sql).execute())
                          .flatMap(io.r2dbc.spi.Result::getRowsUpdated));
              yield true;
            }
            case "executeQuery" -> rows(sql);
            case "close" -> null; // R2DBC's statements have no end of their own
            default -> throw notOffered(method);
          };
        });
  }

  private ResultSet rows(String sql) throws SQLException {
    List<Object> values =
        await(
            () ->
                Flux.from(reactive.createStatement(sql).execute())
                    .flatMap(result -> result.map((row, metadata) -> row.get(0)))
                    .collectList());
    Iterator<Object> left = values == null ? List.of().iterator() : values.iterator();
    AtomicReference<Object> current = new AtomicReference<>();
    return face(
        ResultSet.class,
        (proxy, method, given) ->
            switch (method.getName()) {
              case "next" -> {
                boolean more = left.hasNext();
                current.set(more ? left.next() : null);
                yield more;
              }
              case "getInt" -> ((Number) current.get()).intValue();
              case "close" -> null;
              default -> throw notOffered(method);
            });
  }
}
