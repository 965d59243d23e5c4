package dev.sluice.compat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The jars that an application is deployed with, made of what this test runs with. */
final class Jars {
  private final Path folder;

  Jars(Path folder) {
    this.folder = folder;
  }

  /** The jar that the class came in, or one made of its folder of classes. */
  Path of(Class<?> type) {
    Path place = placeOf(type);
    if (!Files.isDirectory(place)) {
      return place;
    }
    Path jar = folder.resolve(type.getPackageName() + ".jar");
    return Files.exists(jar) ? jar : write(jar, place, "", Map.of());
  }

  /** A jar of one package of the class's folder, and of services, by their type. */
  Path ofPackage(Class<?> type, Map<Class<?>, Class<?>> services) {
    String inside = type.getPackageName().replace('.', '/');
    return write(folder.resolve("application.jar"), placeOf(type), inside, services);
  }

  static URL[] urls(List<Path> jars) {
    return jars.stream().map(Jars::url).toArray(URL[]::new);
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(
      Path jar, Path classes, String inside, Map<Class<?>, Class<?>> services) {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes.resolve(inside))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(file).toString().replace('\\', '/');
        write(entries, name, Files.readAllBytes(file));
      }
      for (Map.Entry<Class<?>, Class<?>> service : services.entrySet()) {
        String name = "META-INF/services/" + service.getKey().getName();
        write(entries, name, service.getValue().getName().getBytes(StandardCharsets.UTF_8));
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(JarOutputStream entries, String name, byte[] content)
      throws IOException {
    entries.putNextEntry(new JarEntry(name));
    entries.write(content);
    entries.closeEntry();
  }
}
