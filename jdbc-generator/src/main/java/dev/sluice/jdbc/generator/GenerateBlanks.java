package dev.sluice.jdbc.generator;

import com.palantir.javapoet.JavaFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes the blank halves of the benchmarks' stub driver into the folder that it is given. */
public final class GenerateBlanks {
  private GenerateBlanks() {}

  /**
   * Runs the generator.
   *
   * @param args the folder for generated sources
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    new SourceFolder(Path.of(args[0])).write(blanks());
  }

  /** The generated files, the same on every JDK. */
  static List<JavaFile> blanks() {
    return JdbcApi.read(api -> Blank.ALL.stream().map(blank -> blank.file(api)).toList());
  }
}
