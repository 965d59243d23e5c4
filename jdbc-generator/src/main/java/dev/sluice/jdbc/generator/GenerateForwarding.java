package dev.sluice.jdbc.generator;

import com.palantir.javapoet.JavaFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes what {@code dev.sluice.jta} passes on into the folder that it is given. */
public final class GenerateForwarding {
  private GenerateForwarding() {}

  /**
   * Runs the generator.
   *
   * @param args the folder for generated sources
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    new SourceFolder(Path.of(args[0])).write(List.of(forwarding()));
  }

  /** The generated file, the same on every JDK. */
  static JavaFile forwarding() {
    return JdbcApi.read(ForwardingConnection::file);
  }
}
