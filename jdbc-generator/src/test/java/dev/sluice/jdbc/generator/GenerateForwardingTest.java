package dev.sluice.jdbc.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerateForwardingTest {
  private final JavaFile forwarding = GenerateForwarding.forwarding();

  /** Default methods too: a driver may do something where JDBC does nothing. */
  @Test
  void everyMethodIsPassedOnExceptTheEnd() {
    List<String> declared =
        Arrays.stream(Connection.class.getMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(GenerateForwardingTest::signature)
            .filter(signature -> !signature.equals("close/0"))
            .toList();

    assertThat(forwarding.typeSpec().methodSpecs())
        .filteredOn(method -> !method.isConstructor())
        .extracting(method -> method.name() + "/" + method.parameters().size())
        .containsAll(declared)
        .doesNotContain("close/0");
  }

  private static String signature(Method method) {
    return method.getName() + "/" + method.getParameterCount();
  }

  @Test
  void unwrappingLeadsToTheDelegateFirst() {
    assertThat(method("unwrap"))
        .contains("type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type)");
    assertThat(method("isWrapperFor"))
        .contains("type.isInstance(delegate) || delegate.isWrapperFor(type)");
    assertThat(method("beginRequest")).contains("delegate.beginRequest();");
  }

  private String method(String name) {
    return forwarding.typeSpec().methodSpecs().stream()
        .filter(method -> method.name().equals(name))
        .map(MethodSpec::toString)
        .findFirst()
        .orElseThrow();
  }
}
