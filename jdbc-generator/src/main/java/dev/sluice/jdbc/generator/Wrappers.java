package dev.sluice.jdbc.generator;

import static dev.sluice.jdbc.generator.Wrapper.ours;
import static dev.sluice.jdbc.generator.Wrapper.statementParameters;
import static dev.sluice.jdbc.generator.Wrapper.theirs;
import static javax.lang.model.element.Modifier.ABSTRACT;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeVariableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The JDBC interfaces that are wrapped, and how. */
final class Wrappers {
  static final ClassName CONNECTION_WRAPPER = ours("SluiceConnection");

  private static final Wrapper CONNECTION =
      new Wrapper(
          "Connection",
          "connection",
          ours("ConnectionLease"),
          List.of(
              ParameterSpec.builder(
                      ParameterizedTypeName.get(
                          ClassName.get("dev.sluice.pool", "Slot"), ours("PhysicalConnection")),
                      "slot")
                  .build(),
              ParameterSpec.builder(long.class, "token").build()),
          false,
          Set.of(
              "abort",
              "close",
              "commit",
              "getClientInfo()",
              "getMetaData",
              "getTypeMap",
              "isClosed",
              "isValid",
              "releaseSavepoint",
              "rollback",
              "setAutoCommit",
              "setCatalog",
              "setClientInfo",
              "setHoldability",
              "setNetworkTimeout",
              "setReadOnly",
              "setSchema",
              "setShardingKey",
              "setShardingKeyIfValid",
              "setTransactionIsolation",
              "setTypeMap"),
          Map.of(
              "raw",
              Set.of(
                  "beginRequest",
                  "clearWarnings",
                  "endRequest",
                  "getAutoCommit",
                  "getHoldability",
                  "getNetworkTimeout",
                  "isWrapperFor",
                  "nativeSQL"),
              "rawUsed",
              Set.of(
                  "createStatement", "getWarnings", "prepareCall", "prepareStatement", "unwrap")),
          "rawInTransaction",
          List.of(
              wrapping("track", theirs("Statement"), "statement").toBuilder()
                  .addException(SQLException.class)
                  .build(),
              wrappingWithSql(theirs("PreparedStatement")),
              wrappingWithSql(theirs("CallableStatement"))));

  private static final Wrapper STATEMENT =
      new Wrapper(
          "Statement",
          "statement",
          ours("Tracked"),
          List.of(),
          true,
          Set.of("close", "closeOnCompletion", "getConnection", "isClosed", "setQueryTimeout"),
          Map.of(
              "executing",
              Set.of(
                  "execute",
                  "executeBatch",
                  "executeLargeBatch",
                  "executeLargeUpdate",
                  "executeQuery",
                  "executeUpdate")),
          "raw",
          List.of(
              guard("raw", theirs("Statement")),
              guard("executing", theirs("Statement")),
              executingSql(),
              wrapping("wrap", theirs("ResultSet"), "resultSet"),
              wrapping("wrapAny", ClassName.OBJECT, "value"),
              wrappingByType()));

  private static final Wrapper PREPARED_STATEMENT =
      new Wrapper(
          "PreparedStatement",
          "statement",
          ours("SluiceStatement"),
          statementParameters("PreparedStatement").subList(0, 2),
          false,
          Set.of(),
          Map.of(
              "executingPrepared",
              Set.of(
                  "execute",
                  "executeLargeUpdate",
                  "executeQuery",
                  "executeUpdate",
                  "getMetaData",
                  "getParameterMetaData")),
          "rawPrepared",
          List.of(
              guard("rawPrepared", theirs("PreparedStatement")),
              guard("executingPrepared", theirs("PreparedStatement"))));

  private static final Wrapper CALLABLE_STATEMENT =
      new Wrapper(
          "CallableStatement",
          "statement",
          ours("SluicePreparedStatement"),
          statementParameters("CallableStatement"),
          false,
          Set.of(),
          Map.of(),
          "rawCallable",
          List.of(guard("rawCallable", theirs("CallableStatement"))));

  private static final Wrapper RESULT_SET =
      new Wrapper(
          "ResultSet",
          "resultSet",
          ClassName.OBJECT,
          List.of(),
          true,
          Set.of("close", "getStatement", "isClosed"),
          Map.of("rawInTransaction", Set.of("deleteRow", "insertRow", "refreshRow", "updateRow")),
          "raw",
          List.of(
              guard("raw", theirs("ResultSet")),
              guard("rawInTransaction", theirs("ResultSet")),
              wrapping("wrapAny", ClassName.OBJECT, "value"),
              wrappingByType()));

  private static final Wrapper DATABASE_META_DATA =
      new Wrapper(
          "DatabaseMetaData",
          "metaData",
          ClassName.OBJECT,
          List.of(),
          true,
          Set.of("getConnection", "getDriverMajorVersion", "getDriverMinorVersion"),
          Map.of("raw", Set.of("isWrapperFor", "unwrap")),
          "rawInTransaction",
          List.of(
              guard("raw", theirs("DatabaseMetaData")),
              guard("rawInTransaction", theirs("DatabaseMetaData")),
              wrapping("wrap", theirs("ResultSet"), "resultSet")));

  static final List<Wrapper> ALL =
      List.of(
          CONNECTION,
          STATEMENT,
          PREPARED_STATEMENT,
          CALLABLE_STATEMENT,
          RESULT_SET,
          DATABASE_META_DATA);

  private Wrappers() {}

  private static MethodSpec guard(String name, TypeName type) {
    return MethodSpec.methodBuilder(name)
        .addModifiers(ABSTRACT)
        .returns(type)
        .addException(SQLException.class)
        .build();
  }

  private static MethodSpec executingSql() {
    return guard("executing", theirs("Statement")).toBuilder()
        .addParameter(String.class, "sql")
        .build();
  }

  private static MethodSpec wrapping(String name, TypeName type, String parameter) {
    return MethodSpec.methodBuilder(name)
        .addModifiers(ABSTRACT)
        .returns(type)
        .addParameter(type, parameter)
        .build();
  }

  private static MethodSpec wrappingWithSql(TypeName type) {
    return wrapping("track", type, "statement").toBuilder()
        .addParameter(String.class, "sql")
        .addException(SQLException.class)
        .build();
  }

  private static MethodSpec wrappingByType() {
    TypeVariableName t = TypeVariableName.get("T");
    return wrapping("wrapAny", t, "value").toBuilder()
        .addTypeVariable(t)
        .addParameter(ParameterizedTypeName.get(ClassName.get(Class.class), t), "type")
        .build();
  }
}
