package dev.sluice.jdbc.generator;

import com.palantir.javapoet.JavaFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
    new SourceFolder(Path.of(args[0])).write(wrappers());
  }

  /** The generated files, the same on every JDK. */
  static List<JavaFile> wrappers() {
    return JdbcApi.read(
        api ->
            Stream.concat(
                    Wrappers.ALL.stream().map(wrapper -> wrapper.file(api)),
                    LeasedWrapper.ALL.stream().map(wrapper -> wrapper.file(api)))
                .toList());
  }
}
