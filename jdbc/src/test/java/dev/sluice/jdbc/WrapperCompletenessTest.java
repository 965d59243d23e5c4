package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import javax.xml.transform.Result;
import javax.xml.transform.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every JDBC method of the JDK that runs this goes to the driver as it came, and back. */
class WrapperCompletenessTest {
  private static final Map<Class<?>, Class<?>> WRAPPERS =
      Map.ofEntries(
          Map.entry(Connection.class, SluiceConnection.class),
          Map.entry(Statement.class, SluiceStatement.class),
          Map.entry(PreparedStatement.class, SluicePreparedStatement.class),
          Map.entry(CallableStatement.class, SluiceCallableStatement.class),
          Map.entry(ResultSet.class, SluiceResultSet.class),
          Map.entry(DatabaseMetaData.class, SluiceMetaData.class),
          Map.entry(ResultSetMetaData.class, SluiceResultSetMetaData.class),
          Map.entry(ParameterMetaData.class, SluiceParameterMetaData.class),
          Map.entry(Array.class, SluiceArray.class),
          Map.entry(Blob.class, SluiceBlob.class),
          Map.entry(Clob.class, SluiceClob.class),
          Map.entry(NClob.class, SluiceNClob.class),
          Map.entry(SQLXML.class, SluiceSQLXML.class),
          Map.entry(Ref.class, SluiceRef.class),
          Map.entry(Struct.class, SluiceStruct.class),
          Map.entry(Savepoint.class, SluiceSavepoint.class));

  /** Wrapped too, but no interfaces. */
  private static final Set<Class<?>> STREAMS =
      Set.of(InputStream.class, OutputStream.class, Reader.class, Writer.class);

  /** What does not simply go to the driver; other tests say what it does. */
  private static final Set<String> HAVE_THEIR_OWN_BEHAVIOUR =
      Set.of(
          "abort",
          "close",
          "free",
          "getConnection",
          "getRowId",
          "getStatement",
          "isWrapperFor",
          "unwrap");

  private final Recorder driver = new Recorder();
  private SluiceDataSource ds;

  @BeforeEach
  void open() {
    DataSource source =
        (DataSource)
            Samples.proxy(DataSource.class, (proxy, method, args) -> driver.of(Connection.class));
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
    Object[] arguments = Arrays.stream(method.getParameterTypes()).map(Samples::of).toArray();
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
    if (STREAMS.contains(method.getReturnType())) {
      assertThat(result.getClass().getSimpleName()).startsWith("Leased");
    } else if (isWrapped(method.getReturnType())) {
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
    Object[] arguments = Arrays.stream(method.getParameterTypes()).map(Samples::of).toArray();
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
          .isEqualTo(stateOf(type));
    }
    if (method.getExceptionTypes().length > 0) {
      assertThat(driver.calls).noneMatch(call -> sameMethod(call.method(), method));
    }
  }

  /** Class 08 says that the connection is lost, so only the connection itself answers with it. */
  private static String stateOf(Class<?> type) {
    if (type == Blob.class || Clob.class.isAssignableFrom(type)) {
      return "0F001";
    } else if (type == Savepoint.class) {
      return "3B001";
    } else if (type != ResultSet.class && Leased.class.isAssignableFrom(WRAPPERS.get(type))) {
      return "HY010";
    }
    if (Statement.class.isAssignableFrom(type)) {
      return "HY010";
    }
    return type == ResultSet.class ? "24000" : "08003";
  }

  /** What is neither wrapped nor leads to a session. */
  private static final Set<String> VALUES =
      Set.of(
          "java.sql.ConnectionBuilder",
          "java.sql.Date",
          "java.sql.RowId", // is read at once, SluiceRowId
          "java.sql.RowIdLifetime",
          "java.sql.SQLWarning",
          "java.sql.ShardingKey",
          "java.sql.Time",
          "java.sql.Timestamp");

  /** Follows all results of JDBC's methods from the connection on. */
  @Test
  void knownBug38WhateverLeadsToASessionIsWrapped() {
    Deque<Class<?>> open = new ArrayDeque<>(List.of(Connection.class));
    Set<Class<?>> seen = new HashSet<>();
    while (!open.isEmpty()) {
      Class<?> type = open.pop();
      if (!type.isInterface() || !type.getName().startsWith("java.sql.") || !seen.add(type)) {
        continue;
      }
      for (Method method : type.getMethods()) {
        if (Modifier.isStatic(method.getModifiers())) {
          continue;
        }
        Class<?> result = method.getReturnType();
        assertThat(isHarmless(result) || isWrapped(result) || STREAMS.contains(result))
            .as("the result of %s is wrapped, or leads nowhere", method)
            .isTrue();
        open.push(result);
      }
    }
    assertThat(seen).containsAll(WRAPPERS.keySet());
  }

  private static boolean isHarmless(Class<?> type) {
    boolean isWrappedByValue = type == Object.class || type == Object[].class;
    boolean isXml = type == Source.class || type == Result.class;
    return isWrappedByValue
        || isXml
        || type.isPrimitive()
        || VALUES.contains(type.getName())
        || (type.getModule() == Object.class.getModule() && !STREAMS.contains(type));
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
    return switch (type.getSimpleName()) {
      case "Array" -> connection.createArrayOf("int", new Object[0]);
      case "Blob" -> connection.createBlob();
      case "Clob" -> connection.createClob();
      case "NClob" -> connection.createNClob();
      case "SQLXML" -> connection.createSQLXML();
      case "Struct" -> connection.createStruct("t", new Object[0]);
      case "Savepoint" -> connection.setSavepoint();
      case "Ref" -> connection.prepareStatement("SELECT 1").executeQuery().getRef(1);
      case "ResultSetMetaData" -> connection.prepareStatement("SELECT 1").getMetaData();
      case "ParameterMetaData" -> connection.prepareStatement("SELECT 1").getParameterMetaData();
      default -> connection.getMetaData();
    };
  }

  private static boolean isWrapped(Class<?> type) {
    return WRAPPERS.containsKey(type);
  }

  private static boolean sameMethod(Method one, Method other) {
    return one.getName().equals(other.getName())
        && Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
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
      return Samples.proxy(
          type,
          new Samples.Identity() {
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
              return WRAPPERS.containsKey(result) ? Recorder.this.of(result) : Samples.of(result);
            }
          });
    }
  }
}
