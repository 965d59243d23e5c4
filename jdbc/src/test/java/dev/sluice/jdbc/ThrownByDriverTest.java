package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Trigger;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
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
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever any call into the driver throws is judged: all methods of JDBC's interfaces, as the JDK
 * that runs this has them, times all kinds of throwables.
 */
class ThrownByDriverTest {
  private static final List<Class<?>> INTERFACES =
      List.of(
          Connection.class,
          Statement.class,
          PreparedStatement.class,
          CallableStatement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          ResultSetMetaData.class,
          ParameterMetaData.class,
          Array.class,
          Blob.class,
          Clob.class,
          NClob.class,
          SQLXML.class,
          Ref.class,
          Struct.class,
          Savepoint.class);

  /** Answered without the driver, or on the way back to the pool. */
  private static final Set<String> NO_CALL =
      Set.of(
          "Connection.close",
          "Statement.getConnection",
          "ResultSet.getStatement",
          "DatabaseMetaData.getConnection");

  /** What becomes of the connection. */
  private enum Outcome {
    KEPT,
    CHECKED,
    CLOSED
  }

  private record Kind(Supplier<Throwable> failure, Outcome outcome) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(() -> new SQLException("mistake", "23505"), Outcome.KEPT),
          new Kind(() -> new SQLException("gone", "08003"), Outcome.CLOSED),
          new Kind(() -> new IllegalStateException("odd"), Outcome.CHECKED),
          new Kind(StackOverflowError::new, Outcome.CLOSED),
          new Kind(() -> new OutOfMemoryError("made up"), Outcome.CLOSED),
          new Kind(() -> new NoClassDefFoundError("x"), Outcome.CLOSED),
          new Kind(() -> new AssertionError("y"), Outcome.CLOSED));

  static Stream<Arguments> methods() {
    return INTERFACES.stream()
        .flatMap(
            type ->
                Arrays.stream(type.getMethods())
                    .filter(m -> !Modifier.isStatic(m.getModifiers()))
                    .filter(m -> !NO_CALL.contains(nameOf(m)))
                    .sorted(Comparator.comparing(Method::toString))
                    .map(m -> Arguments.of(type, m)));
  }

  private static String nameOf(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void knownBug41WhateverACallThrowsDecidesWhatBecomesOfTheConnection(Class<?> type, Method method)
      throws Exception {
    for (Kind kind : KINDS) {
      Throwable failure = kind.failure().get();
      boolean possible =
          method.getExceptionTypes().length > 0 || !(failure instanceof SQLException);
      if (possible) {
        try (FakePool pool = new FakePool().settle()) {
          check(pool, type, method, kind.outcome(), failure);
        }
      }
    }
  }

  private static void check(
      FakePool pool, Class<?> type, Method method, Outcome outcome, Throwable failure)
      throws Exception {
    Connection connection = pool.get();
    Object wrapper = wrapper(connection, type);
    Trigger trigger = pool.db.when(nameOf(method)).times(1).then(Fault.failWith(() -> failure));

    Throwable thrown = invoke(wrapper, method);

    String what = type.getSimpleName() + "." + method.getName() + ", " + failure;
    assertThat(trigger.hits()).as("calls of the driver by %s", what).isEqualTo(1);
    assertThat(thrown).as(what).isNotNull();
    if (!(failure instanceof SQLException)) {
      assertThat(thrown).as(what).isSameAs(failure);
    }
    connection.close();
    pool.settle();
    boolean aborted = method.getName().equals("abort");
    if (outcome == Outcome.CLOSED || aborted) {
      CloseReason reason = aborted ? CloseReason.DISCARDED : CloseReason.BROKEN;
      assertThat(pool.ds.stats().closed()).as(what).containsEntry(reason, 1L);
      assertThat(pool.db.opened()).as(what).isEqualTo(2);
    } else {
      assertThat(pool.db.opened()).as(what).isEqualTo(1);
      long own = method.getName().equals("isValid") ? 2 : 1; // the first of them at open
      assertThat(pool.db.calls("Connection.isValid").size() > own)
          .as("%s: was checked", what)
          .isEqualTo(outcome == Outcome.CHECKED);
    }
  }

  private static Throwable invoke(Object wrapper, Method method) throws IllegalAccessException {
    Object[] arguments = Arrays.stream(method.getParameterTypes()).map(Samples::of).toArray();
    try {
      method.invoke(wrapper, arguments);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  private static Object wrapper(Connection connection, Class<?> type) throws SQLException {
    if (type == Connection.class) {
      return connection;
    } else if (type == Statement.class) {
      return connection.createStatement();
    } else if (type == PreparedStatement.class) {
      return connection.prepareStatement("SELECT 1");
    } else if (type == CallableStatement.class) {
      return connection.prepareCall("SELECT 1");
    } else if (type == ResultSet.class) {
      return connection.createStatement().executeQuery("SELECT 1");
    }
    return switch (type.getSimpleName()) {
      case "Array" -> connection.createArrayOf("int", new Object[0]);
      case "Blob" -> connection.createBlob();
      case "Clob" -> connection.createClob();
      case "NClob" -> connection.createNClob();
      case "SQLXML" -> connection.createSQLXML();
      case "Struct" -> connection.createStruct("t", new Object[0]);
      case "Savepoint" -> savepoint(connection);
      case "Ref" -> connection.createStatement().executeQuery("SELECT 1").getRef(1);
      case "ResultSetMetaData" -> connection.prepareStatement("SELECT 1").getMetaData();
      case "ParameterMetaData" -> connection.prepareStatement("SELECT 1").getParameterMetaData();
      default -> connection.getMetaData();
    };
  }

  private static Savepoint savepoint(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    return connection.setSavepoint();
  }

  /** As drivers written in languages without checked exceptions may. */
  @Test
  void anUndeclaredExceptionHasTheConnectionChecked() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get();
          Statement statement = connection.createStatement()) {
        pool.db.when("Statement.getMaxRows").then(Fault.failWith(IOException::new));
        assertThat(catchThrowable(statement::getMaxRows)).hasRootCauseInstanceOf(IOException.class);
      }

      pool.settle();

      assertThat(pool.db.calls("Connection.isValid")).as("at open, and now").hasSize(2);
    }
  }
}
