package dev.sluice.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** A driver whose meta data makes result sets without a statement, as H2's does. */
final class RecordingMetaData {
  final Set<Object> closed = ConcurrentHashMap.newKeySet();

  SluiceDataSource pool() {
    DataSource source = proxy(DataSource.class, (p, method, args) -> connection());
    return Sluice.dataSource(source)
        .minSize(0)
        .maxSize(1)
        .validateAfterIdle(Duration.ofHours(1))
        .healthCheckInterval(Duration.ZERO)
        .build();
  }

  private Connection connection() {
    return proxy(
        Connection.class,
        (p, method, args) ->
            switch (method.getName()) {
              case "getMetaData" -> metaData();
              case "getAutoCommit", "isValid" -> true;
              case "isClosed" -> false;
              default -> null;
            });
  }

  private DatabaseMetaData metaData() {
    return proxy(
        DatabaseMetaData.class,
        (p, method, args) -> method.getReturnType() == ResultSet.class ? resultSet() : null);
  }

  private ResultSet resultSet() {
    return proxy(
        ResultSet.class,
        (p, method, args) ->
            switch (method.getName()) {
              case "close" -> {
                closed.add(p);
                yield null;
              }
              case "isClosed" -> closed.contains(p);
              case "hashCode" -> System.identityHashCode(p);
              case "equals" -> System.identityHashCode(p) == System.identityHashCode(args[0]);
              default -> null;
            });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            RecordingMetaData.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
