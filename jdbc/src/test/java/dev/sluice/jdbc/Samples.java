package dev.sluice.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Values for the parameters and results of JDBC's methods, by type. */
final class Samples {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Samples() {}

  /** A value of a type, each different from the others where the type has more than one. */
  static Object of(Class<?> type) {
    int n = NUMBERS.incrementAndGet();
    if (type == boolean.class) {
      return true;
    } else if (type == byte.class) {
      return (byte) n;
    } else if (type == short.class) {
      return (short) n;
    } else if (type == int.class) {
      return n;
    } else if (type == long.class) {
      return (long) n;
    } else if (type == float.class) {
      return (float) n;
    } else if (type == double.class) {
      return (double) n;
    } else if (type == String.class) {
      return "s" + n;
    } else if (type == Object.class) {
      return new Object();
    } else if (type == Class.class) {
      return String.class;
    } else if (type.isArray()) {
      return java.lang.reflect.Array.newInstance(type.getComponentType(), 1);
    } else if (type == void.class) {
      return null;
    } else if (type == Map.class) {
      return new java.util.HashMap<>(Map.of("k" + n, String.class));
    } else if (type.isInterface()) {
      return proxy(type, new Identity());
    }
    return made(type, n);
  }

  private static Object made(Class<?> type, int n) {
    return switch (type.getSimpleName()) {
      case "Date" -> new java.sql.Date(n);
      case "Time" -> new java.sql.Time(n);
      case "Timestamp" -> new java.sql.Timestamp(n);
      case "BigDecimal" -> new java.math.BigDecimal(n);
      case "Calendar" -> new java.util.GregorianCalendar(2000 + n, 1, 1);
      case "Properties" -> properties(n);
      case "InputStream" -> new java.io.ByteArrayInputStream(new byte[0]);
      case "OutputStream" -> java.io.OutputStream.nullOutputStream();
      case "Writer" -> java.io.Writer.nullWriter();
      case "Reader" -> new java.io.StringReader("");
      case "SQLWarning" -> new java.sql.SQLWarning("w" + n);
      case "RowIdLifetime" -> java.sql.RowIdLifetime.ROWID_VALID_FOREVER;
      case "URL" -> url(n);
      default -> throw new AssertionError("no sample for " + type);
    };
  }

  private static java.util.Properties properties(int n) {
    java.util.Properties properties = new java.util.Properties();
    properties.setProperty("key", "v" + n);
    return properties;
  }

  private static Object url(int n) {
    try {
      return java.net.URI.create("http://localhost/" + n).toURL();
    } catch (java.net.MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(Samples.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  static class Identity implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
      return switch (method.getName()) {
        case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(args[0]);
        case "hashCode" -> System.identityHashCode(proxy);
        case "toString" -> "proxy" + System.identityHashCode(proxy);
        default -> answer(method, args == null ? List.of() : Arrays.asList(args));
      };
    }

    @SuppressWarnings("UnusedVariable") // the recorder looks at them
    Object answer(Method method, List<Object> arguments) {
      return of(method.getReturnType());
    }
  }
}
