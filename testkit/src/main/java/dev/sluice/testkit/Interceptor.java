package dev.sluice.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Wrapper;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives an object the face of a JDBC interface: each call is counted, logged, and led past the
 * faults before it reaches the method of the same signature, if the object has one.
 *
 * <p>A method that the object lacks answers with the interface's default, or with zero, false,
 * null, or an empty thing of the type asked for. So the fake has every method that the JDK at hand
 * knows.
 */
final class Interceptor implements InvocationHandler {
  private static final Map<Class<?>, Map<Method, Optional<Method>>> MODELLED =
      new ConcurrentHashMap<>();

  private final Object target;
  private final FakeConnection connection;

  private Interceptor(Object target, FakeConnection connection) {
    this.target = target;
    this.connection = connection;
  }

  static <T> T wrap(Class<T> face, Object target, FakeConnection connection) {
    return face.cast(
        Proxy.newProxyInstance(
            Interceptor.class.getClassLoader(),
            new Class<?>[] {face},
            new Interceptor(target, connection)));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return objectMethod(proxy, method, arguments);
    }
    String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    List<Object> list =
        arguments == null ? List.of() : Collections.unmodifiableList(Arrays.asList(arguments));
    try {
      return connection
          .database()
          .call(connection, name, list, () -> perform(proxy, method, arguments));
    } catch (SQLException e) {
      throw asDeclared(method, e);
    }
  }

  private Object objectMethod(Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && isSame(proxy, arguments[0]);
      case "hashCode" -> System.identityHashCode(proxy);
      default -> target.toString();
    };
  }

  @SuppressWarnings("ReferenceEquality") // as the drivers' own connections: identity
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  /** The client-info methods declare an exception narrower than the rest. */
  private static SQLException asDeclared(Method method, SQLException e) {
    boolean narrow = List.of(method.getExceptionTypes()).contains(SQLClientInfoException.class);
    if (!narrow || e instanceof SQLClientInfoException) {
      return e;
    }
    return new SQLClientInfoException(
        e.getMessage(), e.getSQLState(), e.getErrorCode(), Map.of(), e);
  }

  private @Nullable Object perform(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Wrapper.class) {
      return wrapperMethod(proxy, method, arguments);
    }
    Optional<Method> modelled = modelled(method);
    if (modelled.isPresent()) {
      try {
        return modelled.get().invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
    return method.isDefault()
        ? InvocationHandler.invokeDefault(proxy, method, arguments)
        : empty(method.getReturnType());
  }

  private Object wrapperMethod(Object proxy, Method method, Object @Nullable [] arguments)
      throws SQLException {
    Class<?> face = (Class<?>) Objects.requireNonNull(arguments)[0];
    boolean is = face.isInstance(proxy) || face.isInstance(target);
    if (method.getName().equals("isWrapperFor")) {
      return is;
    }
    if (!is) {
      throw new SQLException("No " + face.getName() + " here");
    }
    return face.isInstance(target) ? target : proxy;
  }

  private Optional<Method> modelled(Method method) {
    return MODELLED
        .computeIfAbsent(target.getClass(), c -> new ConcurrentHashMap<>())
        .computeIfAbsent(method, this::find);
  }

  private Optional<Method> find(Method method) {
    for (Class<?> c = target.getClass(); c != Object.class; c = c.getSuperclass()) {
      try {
        Method found = c.getDeclaredMethod(method.getName(), method.getParameterTypes());
        found.setAccessible(true);
        return Optional.of(found);
      } catch (NoSuchMethodException e) {
        // perhaps the superclass has it
      }
    }
    return Optional.empty();
  }

  private @Nullable Object empty(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class || type == short.class || type == byte.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    if (type == float.class) {
      return 0f;
    }
    if (type == double.class) {
      return 0d;
    }
    if (type == java.sql.ResultSet.class) {
      return wrap(java.sql.ResultSet.class, new FakeResultSet(null, List.of()), connection);
    }
    boolean jdbc = type.isInterface() && type.getPackageName().startsWith("java.sql");
    return jdbc ? wrap(type, "empty " + type.getSimpleName(), connection) : null;
  }
}
