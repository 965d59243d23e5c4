package dev.sluice.jdbc.generator;

import com.palantir.javapoet.JavaFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where generated sources go. */
record SourceFolder(Path path) {
  /** Leaves a file alone that is there already, so that nothing is compiled again for no reason. */
  void write(List<JavaFile> files) throws IOException {
    for (JavaFile file : files) {
      write(file.packageName(), file.typeSpec().name(), file.toString());
    }
  }

  void write(String packageName, String name, String source) throws IOException {
    Path target = path.resolve(packageName.replace('.', '/')).resolve(name + ".java");
    if (!Files.exists(target) || !Files.readString(target).equals(source)) {
      Files.createDirectories(target.getParent());
      Files.writeString(target, source);
    }
  }
}
