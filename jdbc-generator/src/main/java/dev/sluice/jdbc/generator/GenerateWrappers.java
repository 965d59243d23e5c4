package dev.sluice.jdbc.generator;

import com.palantir.javapoet.JavaFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the delegating classes of {@code dev.sluice.jdbc} into the folder that it is given. */
public final class GenerateWrappers {
  private GenerateWrappers() {}

  /**
   * Runs the generator.
   *
   * @param args the folder for generated sources
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    for (JavaFile file : wrappers()) {
      write(file, folder);
    }
  }

  /** The generated files, the same on every JDK. */
  static List<JavaFile> wrappers() {
    return JdbcApi.read(
        api ->
            List.of(
                Wrapper.CONNECTION.file(api),
                Wrapper.STATEMENT.file(api),
                Wrapper.PREPARED_STATEMENT.file(api),
                Wrapper.CALLABLE_STATEMENT.file(api),
                Wrapper.RESULT_SET.file(api),
                Wrapper.DATABASE_META_DATA.file(api)));
  }

  /** Leaves a file alone that is there already, so that nothing is compiled again for no reason. */
  private static void write(JavaFile file, Path folder) throws IOException {
    Path path =
        folder
            .resolve(file.packageName().replace('.', '/'))
            .resolve(file.typeSpec().name() + ".java");
    String source = file.toString();
    if (!Files.exists(path) || !Files.readString(path).equals(source)) {
      Files.createDirectories(path.getParent());
      Files.writeString(path, source);
    }
  }
}
