package dev.sluice.jdbc.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.JavaFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerateBlanksTest {
  private final List<JavaFile> blanks = GenerateBlanks.blanks();

  @Test
  void eachKindOfResultHasItsBlankAnswer() {
    assertThat(method("ResultSet", "getDouble")).contains("return 0;");
    assertThat(method("ResultSet", "wasNull")).contains("return false;");
    assertThat(method("ResultSet", "getString")).contains("Unsupported.method(\"getString\")");
    assertThat(method("DatabaseMetaData", "getDriverName")).contains("return \"stub\";");
    assertThat(method("Connection", "commit")).endsWith("{\n}\n");
  }

  /** A driver of JDBC 4.2 inherits them, and so does a stub. */
  @Test
  void defaultMethodsAreInherited() {
    assertThat(source("Statement")).doesNotContain("executeLargeUpdate");
  }

  private String source(String interfaceName) {
    return file(interfaceName).toString();
  }

  private String method(String interfaceName, String name) {
    return file(interfaceName).typeSpec().methodSpecs().stream()
        .filter(method -> method.name().equals(name))
        .findFirst()
        .orElseThrow()
        .toString();
  }

  private JavaFile file(String interfaceName) {
    return blanks.stream()
        .filter(file -> file.typeSpec().name().equals("Blank" + interfaceName))
        .findFirst()
        .orElseThrow();
  }
}
