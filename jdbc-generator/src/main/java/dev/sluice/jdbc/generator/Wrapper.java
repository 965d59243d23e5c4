package dev.sluice.jdbc.generator;

import static javax.lang.model.element.Modifier.ABSTRACT;
import static javax.lang.model.element.Modifier.PUBLIC;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;

/**
 * How one JDBC interface is wrapped: which of its methods are passed on, by way of which guard, and
 * which are left to a hand-written subclass.
 *
 * <p>A guard is a method of the subclass that checks that the wrapper is open, notes what the call
 * means for the connection, and returns the driver's object:
 *
 * <ul>
 *   <li>{@code open} notes nothing;
 *   <li>{@code use} notes that the connection is in use, so that it may come to have warnings;
 *   <li>{@code touch} notes that a transaction may begin, if auto-commit is off;
 *   <li>{@code executing} notes that too, and what is executed.
 * </ul>
 *
 * <p>A method that is left out stays abstract, so forgetting to write it by hand does not compile.
 */
final class Wrapper {
  private static final String PACKAGE = "dev.sluice.jdbc";
  private static final ClassName CONNECTION_WRAPPER = ours("SluiceConnection");
  private static final MethodSpec ON_ERROR =
      MethodSpec.methodBuilder("onError")
          .addJavadoc("Notes what an exception means for the connection, and returns it.")
          .addModifiers(ABSTRACT)
          .returns(SQLException.class)
          .addParameter(SQLException.class, "e")
          .build();

  static final Wrapper CONNECTION =
      new Wrapper(
          "Connection",
          "connection",
          ParameterizedTypeName.get(
              ClassName.get("dev.sluice.pool", "Lease"), ours("PhysicalConnection")),
          List.of(
              ParameterSpec.builder(
                      ParameterizedTypeName.get(
                          ClassName.get("dev.sluice.pool", "Slot"), ours("PhysicalConnection")),
                      "slot")
                  .build(),
              ParameterSpec.builder(long.class, "token").build()),
          Set.of(
              "abort",
              "close",
              "commit",
              "getMetaData",
              "getTypeMap",
              "isClosed",
              "isValid",
              "rollback()",
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
              "open",
              Set.of(
                  "beginRequest",
                  "clearWarnings",
                  "endRequest",
                  "getAutoCommit",
                  "getHoldability",
                  "getNetworkTimeout",
                  "nativeSQL"),
              "use",
              Set.of("createStatement", "getWarnings", "prepareCall", "prepareStatement")),
          "touch",
          List.of(
              guard("open", theirs("Connection")),
              guard("use", theirs("Connection")),
              guard("touch", theirs("Connection")),
              wrapping("track", theirs("Statement"), "statement").toBuilder()
                  .addException(SQLException.class)
                  .build(),
              wrappingWithSql(theirs("PreparedStatement")),
              wrappingWithSql(theirs("CallableStatement")),
              ON_ERROR));

  static final Wrapper STATEMENT =
      new Wrapper(
          "Statement",
          "statement",
          ours("Tracked"),
          List.of(),
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
          "open",
          List.of(
              guard("open", theirs("Statement")),
              guard("executing", theirs("Statement")),
              executingSql(),
              wrapping("wrap", theirs("ResultSet"), "resultSet"),
              ON_ERROR));

  static final Wrapper PREPARED_STATEMENT =
      new Wrapper(
          "PreparedStatement",
          "statement",
          ours("SluiceStatement"),
          statementParameters("PreparedStatement").subList(0, 2),
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
          "prepared",
          List.of(
              guard("prepared", theirs("PreparedStatement")),
              guard("executingPrepared", theirs("PreparedStatement"))));

  static final Wrapper CALLABLE_STATEMENT =
      new Wrapper(
          "CallableStatement",
          "statement",
          ours("SluicePreparedStatement"),
          statementParameters("CallableStatement"),
          Set.of(),
          Map.of(),
          "callable",
          List.of(guard("callable", theirs("CallableStatement"))));

  static final Wrapper RESULT_SET =
      new Wrapper(
          "ResultSet",
          "resultSet",
          ClassName.OBJECT,
          List.of(),
          Set.of("close", "getStatement", "isClosed"),
          Map.of("touch", Set.of("deleteRow", "insertRow", "refreshRow", "updateRow")),
          "open",
          List.of(
              guard("open", theirs("ResultSet")),
              guard("touch", theirs("ResultSet")),
              wrapping("wrapIfResultSet", ClassName.OBJECT, "value"),
              wrappingByType(),
              ON_ERROR));

  static final Wrapper DATABASE_META_DATA =
      new Wrapper(
          "DatabaseMetaData",
          "metaData",
          ClassName.OBJECT,
          List.of(),
          Set.of("getConnection", "getDriverMajorVersion", "getDriverMinorVersion"),
          Map.of(),
          "touch",
          List.of(
              guard("touch", theirs("DatabaseMetaData")),
              wrapping("wrap", theirs("ResultSet"), "resultSet"),
              ON_ERROR));

  private final String interfaceName;
  private final String variable;
  private final TypeName superclass;
  private final List<ParameterSpec> constructorParameters;
  private final Set<String> byHand;
  private final Map<String, Set<String>> guards;
  private final String guardOfTheRest;
  private final List<MethodSpec> leftOpen;

  private Wrapper(
      String interfaceName,
      String variable,
      TypeName superclass,
      List<ParameterSpec> constructorParameters,
      Set<String> byHand,
      Map<String, Set<String>> guards,
      String guardOfTheRest,
      List<MethodSpec> leftOpen) {
    this.interfaceName = interfaceName;
    this.variable = variable;
    this.superclass = superclass;
    this.constructorParameters = constructorParameters;
    this.byHand = byHand;
    this.guards = guards;
    this.guardOfTheRest = guardOfTheRest;
    this.leftOpen = leftOpen;
  }

  private static ClassName ours(String name) {
    return ClassName.get(PACKAGE, name);
  }

  private static ClassName theirs(String name) {
    return ClassName.get("java.sql", name);
  }

  private static List<ParameterSpec> statementParameters(String type) {
    List<ParameterSpec> parameters = new ArrayList<>();
    parameters.add(ParameterSpec.builder(CONNECTION_WRAPPER, "connection").build());
    parameters.add(ParameterSpec.builder(theirs(type), "statement").build());
    parameters.add(ParameterSpec.builder(String.class, "sql").build());
    return parameters;
  }

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
    return wrapping("wrapIfResultSet", t, "value").toBuilder()
        .addTypeVariable(t)
        .addParameter(ParameterizedTypeName.get(ClassName.get(Class.class), t), "type")
        .build();
  }

  /** The source of the delegating class. */
  JavaFile file(JdbcApi api) {
    TypeSpec.Builder type =
        TypeSpec.classBuilder(interfaceName + "Delegation")
            .addModifiers(ABSTRACT)
            .superclass(superclass)
            .addSuperinterface(theirs(interfaceName))
            .addJavadoc(
                "Passes on to the driver every call of {@link $T} that needs no more thought than a"
                    + " guard\nbefore it and a look at its exception after it.\n",
                theirs(interfaceName));
    if (!constructorParameters.isEmpty()) {
      type.addMethod(constructor());
    }
    type.addMethods(leftOpen);
    List<MethodSpec> methods =
        api.methods("java.sql." + interfaceName).stream()
            .filter(method -> !isByHand(method))
            .map(this::delegation)
            .toList();
    return JavaFile.builder(PACKAGE, type.addMethods(methods).build())
        .addFileComment("Generated by sluice-jdbc-generator; changes made here are lost.")
        .skipJavaLangImports(true)
        .indent("  ")
        .build();
  }

  private MethodSpec constructor() {
    CodeBlock arguments =
        constructorParameters.stream()
            .map(parameter -> CodeBlock.of("$N", parameter))
            .collect(CodeBlock.joining(", "));
    return MethodSpec.constructorBuilder()
        .addParameters(constructorParameters)
        .addStatement("super($L)", arguments)
        .build();
  }

  private boolean isByHand(ExecutableElement method) {
    String name = method.getSimpleName().toString();
    return byHand.contains(name)
        || (method.getParameters().isEmpty() && byHand.contains(name + "()"));
  }

  private MethodSpec delegation(ExecutableElement method) {
    String name = method.getSimpleName().toString();
    List<String> names = ParameterNames.of(interfaceName, method);
    MethodSpec.Builder delegation =
        MethodSpec.methodBuilder(name)
            .addAnnotation(Override.class)
            .addModifiers(PUBLIC)
            .addTypeVariables(
                method.getTypeParameters().stream().map(Wrapper::typeVariable).toList())
            .returns(TypeName.get(method.getReturnType()))
            .addExceptions(method.getThrownTypes().stream().map(TypeName::get).toList());
    if (isDeprecated(method)) {
      delegation.addAnnotation(AnnotationSpec.builder(Deprecated.class).build());
    }
    List<? extends VariableElement> parameters = method.getParameters();
    for (int i = 0; i < parameters.size(); i++) {
      delegation.addParameter(TypeName.get(parameters.get(i).asType()), names.get(i));
    }
    return delegation.addCode(body(method, names)).build();
  }

  private static boolean isDeprecated(Element method) {
    return method.getAnnotation(Deprecated.class) != null;
  }

  private static TypeVariableName typeVariable(TypeParameterElement parameter) {
    return TypeVariableName.get(parameter);
  }

  private CodeBlock body(ExecutableElement method, List<String> names) {
    String name = method.getSimpleName().toString();
    CodeBlock call = CodeBlock.of("$L.$L($L)", variable, name, arguments(names));
    CodeBlock.Builder body =
        CodeBlock.builder()
            .addStatement("$T $L = $L", theirs(interfaceName), variable, guard(name, names))
            .beginControlFlow("try");
    if (method.getReturnType().getKind() == TypeKind.VOID) {
      body.addStatement(call);
    } else {
      body.addStatement("return $L", result(method, call, names));
    }
    return body.nextControlFlow("catch ($T e)", SQLException.class)
        .addStatement("throw onError(e)")
        .endControlFlow()
        .build();
  }

  private static CodeBlock arguments(List<String> names) {
    return names.stream().map(name -> CodeBlock.of("$L", name)).collect(CodeBlock.joining(",$W"));
  }

  private String guard(String method, List<String> names) {
    String guard =
        guards.entrySet().stream()
            .filter(entry -> entry.getValue().contains(method))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(guardOfTheRest);
    boolean tellsSql = guard.equals("executing") && names.contains("sql");
    return guard + (tellsSql ? "(sql)" : "()");
  }

  /** What would lead around the wrappers is wrapped. */
  private CodeBlock result(ExecutableElement method, CodeBlock call, List<String> names) {
    String type = method.getReturnType().toString();
    return switch (type) {
      case "java.sql.Statement" -> CodeBlock.of("track($L)", call);
      case "java.sql.PreparedStatement", "java.sql.CallableStatement" ->
          CodeBlock.of("track($L, sql)", call);
      case "java.sql.ResultSet" -> CodeBlock.of("wrap($L)", call);
      case "java.lang.Object" -> CodeBlock.of("wrapIfResultSet($L)", call);
      case "T" -> CodeBlock.of("wrapIfResultSet($L, $L)", call, names.get(names.size() - 1));
      default -> call;
    };
  }
}
