package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.testkit.Fault;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a driver lacks is found out once, and done another way or refused with the reason. */
class DriverSupportTest {
  /** The ways in which drivers lack a method. */
  @SuppressWarnings("ImmutableEnumChecker") // the supplier is a constructor
  enum Lack {
    NOT_SUPPORTED(() -> new SQLFeatureNotSupportedException("not supported")),
    NOT_SUPPORTED_BY_STATE(() -> new SQLException("not supported", "0A000")),
    ABSTRACT(() -> new AbstractMethodError("compiled against an older JDBC")),
    UNSUPPORTED(() -> new UnsupportedOperationException("not supported"));

    private final Supplier<Throwable> failure;

    Lack(Supplier<Throwable> failure) {
      this.failure = failure;
    }

    Fault fault() {
      return Fault.failWith(failure);
    }
  }

  /** Without these there is nothing to lend. */
  private static final Set<String> NEEDED = Set.of("close", "createStatement", "prepareStatement");

  static Stream<Arguments> everyMethod() {
    List<Arguments> all = new ArrayList<>();
    for (Class<?> type : List.of(Connection.class, Statement.class, DatabaseMetaData.class)) {
      Arrays.stream(type.getDeclaredMethods())
          .map(Method::getName)
          .distinct()
          .filter(name -> type == Connection.class || isCalledByThePool(name))
          .filter(name -> !NEEDED.contains(name))
          .sorted()
          .forEach(name -> addAll(all, type.getSimpleName() + "." + name));
    }
    return all.stream();
  }

  private static boolean isCalledByThePool(String name) {
    return Set.of("isClosed", "setQueryTimeout", "getQueryTimeout", "getDatabaseProductName")
        .contains(name);
  }

  private static void addAll(List<Arguments> all, String method) {
    for (Lack lack : Lack.values()) {
      all.add(Arguments.of(method, lack));
    }
  }

  private static void use(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  @ParameterizedTest
  @MethodSource("everyMethod")
  void knownBug37DriverThatLacksAMethodIsPooledAllTheSame(String method, Lack lack)
      throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when(method).then(lack.fault());

      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.get()) {
          use(connection);
        }
        AcquireOptions checked = AcquireOptions.DEFAULT.withValidation(Validation.ALWAYS);
        try (Connection connection = pool.ds.getConnection(checked)) {
          connection.createStatement(); // forgotten
        }
        assertThat(pool.ds.isHealthy()).isTrue();
      }

      assertThat(pool.db.opened()).as("connections opened").isEqualTo(1);
      assertThat(pool.db.calls(method)).as("tries").hasSizeLessThanOrEqualTo(allowed(method));
    }
  }

  /** Each forgotten statement is asked, since it cannot be known whose statement it is. */
  private static int allowed(String method) {
    return method.equals("Statement.isClosed") ? 6 : 1;
  }

  @ParameterizedTest
  @MethodSource("everyMethod")
  void borrowerLearnsWhatTheDriverLacksAndItCostsNoConnection(String method, Lack lack)
      throws SQLException {
    for (String setter :
        List.of("setReadOnly", "setTransactionIsolation", "setSchema", "setCatalog")) {
      if (!method.equals("Connection." + setter)) {
        continue;
      }
      try (FakePool pool = new FakePool().settle()) {
        pool.db.when(method).then(lack.fault());
        for (int i = 0; i < 3; i++) {
          try (Connection connection = pool.get()) {
            assertThat(catchThrowable(() -> change(connection, setter)))
                .isInstanceOf(lack.failure.get().getClass());
          }
        }
        pool.settle();
        assertThat(pool.db.opened()).isEqualTo(1);
        assertThat(pool.db.calls(method)).hasSize(3);
      }
    }
  }

  private static void change(Connection connection, String setter) throws SQLException {
    switch (setter) {
      case "setReadOnly" -> connection.setReadOnly(true);
      case "setTransactionIsolation" ->
          connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      case "setSchema" -> connection.setSchema("other");
      default -> connection.setCatalog("other");
    }
  }

  /** What cannot be read cannot be put back. */
  @ParameterizedTest
  @EnumSource
  void connectionWhoseInitialStateIsUnknownIsClosedAfterAChange(Lack lack) throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.getSchema").then(lack.fault());
      try (Connection connection = pool.get()) {
        connection.setSchema("other");
      }

      pool.settle();
      pool.db.clearFaults();
      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.session().schema()).isEqualTo("public");
    }
  }

  @ParameterizedTest
  @EnumSource
  void driverWithoutTransactionsIsPooled(Lack lack) throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Connection.getAutoCommit").then(Fault.answer(false));
      pool.db.when("Connection.commit").then(lack.fault());
      pool.db.when("Connection.rollback").then(lack.fault());
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.get()) {
          use(connection);
        }
      }
      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void driverThatCannotCheckAtAllIsRefusedWithTheOptionThatHelps(Lack lack) {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Connection.isValid").then(lack.fault());
      pool.db.when("Statement.execute").then(Fault.fail("42601"));

      assertThatThrownBy(pool::get)
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasStackTraceContaining("validationQuery");
    }
  }

  @ParameterizedTest
  @EnumSource
  void optionThatTheDriverCannotKeepIsRefusedByItsName(Lack lack) {
    refuses(lack, "Connection.setSchema", "schema", b -> b.schema("x"));
    refuses(lack, "Connection.setCatalog", "catalog", b -> b.catalog("x"));
    refuses(lack, "Connection.setReadOnly", "readOnly", b -> b.readOnly(true));
    refuses(lack, "Connection.setAutoCommit", "autoCommit", b -> b.autoCommit(false));
    refuses(
        lack,
        "Connection.setTransactionIsolation",
        "transactionIsolation",
        b -> b.transactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
    refuses(
        lack,
        "Statement.setQueryTimeout",
        "queryTimeout",
        b -> b.queryTimeout(Duration.ofSeconds(5)));
  }

  private static void refuses(
      Lack lack,
      String method,
      String option,
      java.util.function.UnaryOperator<SluiceBuilder> setting) {
    try (FakePool pool = new FakePool(setting)) {
      pool.db.when(method).then(lack.fault());

      assertThatThrownBy(pool::get)
          .as(option)
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasStackTraceContaining("The option " + option + " cannot be kept");
    }
  }

  @Test
  void isValidThatIsAlwaysFalseIsReplacedByAQuery() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Connection.isValid").then(Fault.answer(false));
      AcquireOptions checked = AcquireOptions.DEFAULT.withValidation(Validation.ALWAYS);
      for (int i = 0; i < 3; i++) {
        pool.ds.getConnection(checked).close();
      }

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void healthIsToldTrulyWithoutIsValid() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.validationTimeout(Duration.ofMillis(500)))) {
      pool.db.when("Connection.isValid").then(Lack.ABSTRACT.fault());
      pool.settle();
      assertThat(pool.ds.isHealthy()).isTrue();
      pool.db.goDown();

      assertThat(pool.ds.isHealthy()).isFalse();
    }
  }

  @Test
  void missingMetaDataIsAnUnknownDatabase() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Connection.getMetaData").then(Fault.answer(null));

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void missingNameIsAnUnknownDatabase() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("DatabaseMetaData.getDatabaseProductName").then(Fault.answer(null));

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectionThatCannotBeAbortedIsClosed(Lack lack) throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Connection.abort").then(lack.fault());
      Connection held = pool.get();

      pool.ds.close(Duration.ZERO);

      assertThat(held.isClosed()).isTrue();
      assertThat(pool.db.openNow()).isZero();
    }
  }
}
