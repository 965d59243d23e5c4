package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every JDBC method of the JDK that runs this goes to the driver as it came, and back. */
class WrapperCompletenessTest {
  private static final Map<Class<?>, Class<?>> WRAPPERS =
      Map.of(
          Connection.class, SluiceConnection.class,
          Statement.class, SluiceStatement.class,
          PreparedStatement.class, SluicePreparedStatement.class,
          CallableStatement.class, SluiceCallableStatement.class,
          ResultSet.class, SluiceResultSet.class,
          DatabaseMetaData.class, SluiceMetaData.class);

  /** What does not simply go to the driver; other tests say what it does. */
  private static final Set<String> HAVE_THEIR_OWN_BEHAVIOUR =
      Set.of("abort", "close", "getConnection", "getStatement", "isWrapperFor", "unwrap");

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final Recorder driver = new Recorder();
  private SluiceDataSource ds;

  @BeforeEach
  void open() {
    DataSource source =
        (DataSource) proxy(DataSource.class, (proxy, method, args) -> driver.of(Connection.class));
    ds =
        Sluice.dataSource(source)
            .minSize(0)
            .maxSize(1)
            .validateAfterIdle(Duration.ofHours(1))
            .healthCheckInterval(Duration.ZERO)
            .keepaliveInterval(Duration.ZERO)
            .build();
  }

  @AfterEach
  void close() {
    ds.close(Duration.ZERO);
  }

  static Stream<Arguments> methods() {
    return WRAPPERS.keySet().stream()
        .sorted((a, b) -> a.getName().compareTo(b.getName()))
        .flatMap(
            type ->
                Arrays.stream(type.getMethods())
                    .filter(m -> !Modifier.isStatic(m.getModifiers()))
                    .map(m -> Arguments.of(type, m)));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("methods")
  void isOverriddenByTheWrapper(Class<?> type, Method method) throws Exception {
    Method found = WRAPPERS.get(type).getMethod(method.getName(), method.getParameterTypes());

    assertThat(found.getDeclaringClass().isInterface()).as("%s is inherited", method).isFalse();
    assertThat(Modifier.isAbstract(found.getModifiers())).isFalse();
  }

  static Stream<Arguments> delegatingMethods() {
    return methods()
        .filter(
            arguments -> {
              Method method = (Method) arguments.get()[1];
              return !HAVE_THEIR_OWN_BEHAVIOUR.contains(method.getName())
                  && method.getDeclaringClass() != Wrapper.class;
            });
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("delegatingMethods")
  void passesArgumentsAndResultThrough(Class<?> type, Method method) throws Exception {
    Object wrapper = wrapper(type);
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(WrapperCompletenessTest::sample).toArray();
    driver.calls.clear();

    Object result = method.invoke(wrapper, arguments);

    List<Recorder.Call> same =
        driver.calls.stream()
            .filter(call -> call.type() == type && sameMethod(call.method(), method))
            .toList();
    // The original of the type map is asked for before the borrower gets hold of it.
    int expected = method.getName().equals("getTypeMap") ? 2 : 1;
    assertThat(same).as("calls of %s among %s", method, driver.calls).hasSize(expected);
    Recorder.Call call = same.get(expected - 1);
    assertThat(call.arguments()).containsExactly(arguments);
    if (isWrapped(method.getReturnType())) {
      assertThat(result).isNotSameAs(call.result());
      assertThat(((Wrapper) result).unwrap(call.result().getClass())).isSameAs(call.result());
    } else {
      assertThat(result).isEqualTo(call.result());
    }
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("delegatingMethods")
  void failsOnceTheConnectionWasReturned(Class<?> type, Method method) throws Exception {
    Object wrapper = wrapper(type);
    Object[] arguments =
        Arrays.stream(method.getParameterTypes()).map(WrapperCompletenessTest::sample).toArray();
    connection.close();
    ds.getConnection().close(); // comes after the reset
    driver.calls.clear();

    Throwable thrown = catchCause(() -> method.invoke(wrapper, arguments));

    if (method.getName().equals("isClosed")) {
      assertThat(thrown).isNull();
      assertThat(method.invoke(wrapper)).isEqualTo(true);
    } else if (method.getName().equals("isValid")) {
      assertThat(method.invoke(wrapper, arguments)).isEqualTo(false);
    } else if (method.getExceptionTypes().length > 0) {
      assertThat(thrown)
          .isInstanceOf(java.sql.SQLException.class)
          .hasMessageContaining("returned to pool 'pool'")
          .extracting(e -> ((java.sql.SQLException) e).getSQLState())
          .isEqualTo("08003");
    }
    if (method.getExceptionTypes().length > 0) {
      assertThat(driver.calls).noneMatch(call -> sameMethod(call.method(), method));
    }
  }

  private interface Invocation {
    void run() throws Exception;
  }

  private static Throwable catchCause(Invocation invocation) throws Exception {
    try {
      invocation.run();
      return null;
    } catch (java.lang.reflect.InvocationTargetException e) {
      return e.getCause();
    }
  }

  private Connection connection;

  private Object wrapper(Class<?> type) throws Exception {
    connection = ds.getConnection();
    if (type == Connection.class) {
      return connection;
    } else if (type == Statement.class) {
      return connection.createStatement();
    } else if (type == PreparedStatement.class) {
      return connection.prepareStatement("SELECT 1");
    } else if (type == CallableStatement.class) {
      return connection.prepareCall("CALL f()");
    } else if (type == ResultSet.class) {
      return connection.prepareStatement("SELECT 1").executeQuery();
    }
    return connection.getMetaData();
  }

  private static boolean isWrapped(Class<?> type) {
    return WRAPPERS.containsKey(type);
  }

  private static boolean sameMethod(Method one, Method other) {
    return one.getName().equals(other.getName())
        && Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
  }

  /** A value of a type, each different from the others where the type has more than one. */
  private static Object sample(Class<?> type) {
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

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(
        WrapperCompletenessTest.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private static class Identity implements InvocationHandler {
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
      return sample(method.getReturnType());
    }
  }

  /** A driver that answers every call with something new, and remembers both. */
  private static final class Recorder {
    record Call(Class<?> type, Method method, List<Object> arguments, Object result) {
      @Override
      public String toString() {
        return method.getName() + arguments;
      }
    }

    final List<Call> calls = new java.util.concurrent.CopyOnWriteArrayList<>();

    Object of(Class<?> type) {
      return proxy(
          type,
          new Identity() {
            @Override
            Object answer(Method method, List<Object> args) {
              Class<?> result = method.getReturnType();
              Object answer = result(method, result);
              calls.add(new Call(type, method, args, answer));
              return answer;
            }

            private Object result(Method method, Class<?> result) {
              if (method.getName().equals("isClosed")) {
                return false;
              }
              if (method.getName().equals("getObject") && result == Object.class) {
                return method.getParameterCount() > 0 ? "text" : new Object();
              }
              return WRAPPERS.containsKey(result) ? Recorder.this.of(result) : sample(result);
            }
          });
    }
  }
}
