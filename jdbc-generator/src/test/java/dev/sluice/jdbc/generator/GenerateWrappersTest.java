package dev.sluice.jdbc.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateWrappersTest {
  private static final String OPTIONS = "../jdbc/src/main/java/dev/sluice/jdbc/config/Option.java";

  /** Of the generated source; put the new one here after a change on purpose. */
  private static final String FINGERPRINT = "8552d8ac99d4b4d2";

  /** The build runs this on several JDKs, which must agree. */
  @Test
  void theSourceIsTheSameOnEveryJdk() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (JavaFile file : GenerateWrappers.wrappers()) {
      digest.update(file.toString().getBytes(StandardCharsets.UTF_8));
    }

    assertThat(HexFormat.of().formatHex(digest.digest(), 0, 8)).isEqualTo(FINGERPRINT);
  }

  @Test
  void everyMethodOverridesOrIsLeftOpen() {
    for (JavaFile file : GenerateWrappers.wrappers()) {
      for (MethodSpec method : file.typeSpec().methodSpecs()) {
        boolean overrides = method.toString().startsWith("@java.lang.Override");
        boolean isAbstract = method.toString().contains("abstract ");
        assertThat(overrides || isAbstract || method.isConstructor()).as("%s", method).isTrue();
      }
    }
  }

  @Test
  void theNamesOfParametersAreNotTheCompilersInventions() {
    for (JavaFile file : GenerateWrappers.wrappers()) {
      assertThat(file.toString()).doesNotContainPattern("\\barg[0-9]\\b");
    }
  }

  @Test
  void nothingLeadsAroundTheWrappers() {
    List<String> raw =
        GenerateWrappers.wrappers().stream()
            .flatMap(file -> file.typeSpec().methodSpecs().stream())
            .filter(method -> method.toString().startsWith("@java.lang.Override"))
            .filter(
                method ->
                    method
                        .returnType()
                        .toString()
                        .matches("java\\.sql\\.(\\w*Statement|ResultSet|Connection)"))
            .map(MethodSpec::toString)
            .filter(source -> !source.contains("track(") && !source.contains("wrap("))
            // what is acquired is a wrapper itself
            .filter(source -> !source.contains("target().") && !source.contains("prepared("))
            .toList();

    assertThat(raw).isEmpty();
  }

  @Test
  void aFileThatIsThereIsLeftAlone(@TempDir Path folder) throws IOException {
    String[] arguments = {folder.toString(), OPTIONS};
    GenerateWrappers.main(arguments);
    Path file = folder.resolve("dev/sluice/jdbc/ConnectionDelegation.java");
    FileTime old = FileTime.fromMillis(0);
    Files.setLastModifiedTime(file, old);

    GenerateWrappers.main(arguments);

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
  }

  @Test
  void beanHasTheAccessorsOfEachOption() throws IOException {
    String source = BeanProperties.source(Path.of(OPTIONS));

    assertThat(source)
        .contains("public abstract class SluiceBeanProperties extends BeanDataSource {")
        .contains("public int getMaxSize() {")
        .contains("public void setAcquireTimeout(@Nullable Duration acquireTimeout) {")
        .contains("public void setAcquireTimeout(@Nullable String acquireTimeout) {");
  }
}
