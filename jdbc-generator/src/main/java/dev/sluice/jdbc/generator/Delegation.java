package dev.sluice.jdbc.generator;

import static javax.lang.model.element.Modifier.PUBLIC;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeVariableName;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;

/** What all methods that are passed on to the driver have in common. */
final class Delegation {
  /** What a lease hands out that is wrapped: it leads to the session. */
  static final Set<String> LEASED =
      Set.of(
          "java.sql.Array",
          "java.sql.Blob",
          "java.sql.Clob",
          "java.sql.NClob",
          "java.sql.ParameterMetaData",
          "java.sql.Ref",
          "java.sql.ResultSetMetaData",
          "java.sql.RowId",
          "java.sql.SQLXML",
          "java.sql.Savepoint",
          "java.sql.Struct",
          "java.io.InputStream",
          "java.io.OutputStream",
          "java.io.Reader",
          "java.io.Writer");

  /** What a driver is given that may be a wrapper. */
  private static final Set<String> UNWRAPPED =
      Set.of(
          "java.lang.Object",
          "java.sql.Array",
          "java.sql.Blob",
          "java.sql.Clob",
          "java.sql.NClob",
          "java.sql.Ref",
          "java.sql.RowId",
          "java.sql.SQLXML");

  private Delegation() {}

  /** The head of the method that passes a method on. */
  static MethodSpec.Builder head(String interfaceName, ExecutableElement method) {
    List<String> names = ParameterNames.of(interfaceName, method);
    MethodSpec.Builder head =
        MethodSpec.methodBuilder(method.getSimpleName().toString())
            .addAnnotation(Override.class)
            .addModifiers(PUBLIC)
            .addTypeVariables(
                method.getTypeParameters().stream().map(TypeVariableName::get).toList())
            .returns(TypeName.get(method.getReturnType()))
            .addExceptions(method.getThrownTypes().stream().map(TypeName::get).toList());
    if (method.getAnnotation(Deprecated.class) != null) {
      head.addAnnotation(AnnotationSpec.builder(Deprecated.class).build());
    }
    List<? extends VariableElement> parameters = method.getParameters();
    for (int i = 0; i < parameters.size(); i++) {
      head.addParameter(TypeName.get(parameters.get(i).asType()), names.get(i));
    }
    return head;
  }

  /** Takes the wrappers off the parameters, before the call of the driver is tried. */
  static CodeBlock parameters(ExecutableElement method, List<String> names) {
    CodeBlock.Builder code = CodeBlock.builder();
    for (int i = 0; i < names.size(); i++) {
      String type = method.getParameters().get(i).asType().toString();
      if (UNWRAPPED.contains(type)) {
        code.addStatement("$1L = $2T.raw($1L)", names.get(i), Wrapper.ours("Leasing"));
      } else if (type.equals("java.lang.Object[]")) {
        code.addStatement("$1L = $2T.rawAll($1L)", names.get(i), Wrapper.ours("Leasing"));
      }
    }
    return code.build();
  }

  /** The call of the driver. */
  static CodeBlock call(ExecutableElement method, String variable, List<String> names) {
    CodeBlock arguments =
        names.stream().map(name -> CodeBlock.of("$L", name)).collect(CodeBlock.joining(",$W"));
    return CodeBlock.of("$L.$L($L)", variable, method.getSimpleName(), arguments);
  }

  static CodeBlock statement(ExecutableElement method, CodeBlock result) {
    boolean isVoid = method.getReturnType().getKind() == TypeKind.VOID;
    return CodeBlock.builder().addStatement(isVoid ? "$L" : "return $L", result).build();
  }

  /**
   * Whatever the driver throws is judged. That it waits to be judged is noted first, without a
   * call: after a stack overflow there may be no room for one, and the connection must not be lent
   * again then.
   *
   * @param connection how the generated code comes by members of the connection's wrapper
   */
  static CodeBlock judging(CodeBlock.Builder body, String connection) {
    return body.nextControlFlow("catch ($T e)", Throwable.class)
        .addStatement("$Lphysical.unjudged++", connection)
        .addStatement("throw $Lfailed(e)", connection)
        .endControlFlow()
        .build();
  }
}
