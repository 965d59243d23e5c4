package dev.sluice.bench;

import dev.sluice.bench.fresh.FirstEvent;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.postgresql.Driver;

/** The jars of a function: the JVM keeps classes in its cache only if they come from jars. */
final class FunctionJars {
  private static final List<String> SLUICE =
      List.of("dev.sluice.pool.Pool", "dev.sluice.jdbc.SluiceDataSource");
  private static final List<String> HIKARI =
      List.of(
          "com.zaxxer.hikari.HikariDataSource",
          "org.slf4j.LoggerFactory",
          "org.slf4j.jul.JULServiceProvider");

  private final Path folder;

  /** Puts into that folder what is not a jar yet. */
  FunctionJars(Path folder) {
    this.folder = folder;
  }

  /** The class path of a function with that pool, and with nothing that it does not need. */
  String classPath(String pool) throws IOException {
    List<String> jars = new ArrayList<>();
    for (Class<?> one : List.of(FirstEvent.class, Driver.class)) {
      jars.add(jar(one).toString());
    }
    for (String one : pool.equals("hikari") ? HIKARI : SLUICE) {
      jars.add(jar(named(one)).toString());
    }
    return String.join(File.pathSeparator, jars);
  }

  private static Class<?> named(String name) {
    try {
      return Class.forName(name, false, FunctionJars.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("The class path has no " + name, e);
    }
  }

  private Path jar(Class<?> type) throws IOException {
    Path place = place(type);
    if (Files.isRegularFile(place)) {
      return place;
    }
    Path jar = folder.resolve(type.getName() + ".jar");
    if (!Files.exists(jar)) {
      pack(place, jar);
    }
    return jar;
  }

  private static Path place(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("Where is " + type + "?", e);
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(classes)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (Path file : files) {
        String name = classes.relativize(file).toString().replace('\\', '/');
        entries.putNextEntry(new JarEntry(name));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }
}
