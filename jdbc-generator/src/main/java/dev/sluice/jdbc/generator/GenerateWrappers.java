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
   * @param args the folder for generated sources, and the source of the table of options
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    SourceFolder folder = new SourceFolder(Path.of(args[0]));
    folder.write(wrappers());
    folder.write("dev.sluice.jdbc", BeanProperties.NAME, BeanProperties.source(Path.of(args[1])));
  }

  /** The generated files, the same on every JDK. */
  static List<JavaFile> wrappers() {
    return JdbcApi.read(
        api ->
            Stream.of(
                    Wrappers.ALL.stream().map(wrapper -> wrapper.file(api)),
                    LeasedWrapper.ALL.stream().map(wrapper -> wrapper.file(api)),
                    Stream.of(DeferredConnection.file(api)))
                .flatMap(files -> files)
                .toList());
  }
}
