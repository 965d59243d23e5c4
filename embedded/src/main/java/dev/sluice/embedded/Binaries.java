package dev.sluice.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Server programs, unpacked once per user of the machine and kept below the temporary directory.
 *
 * <p>Several JVMs may unpack at once: each unpacks into a directory of its own and renames it when
 * it is complete, so that a directory with the final name is always whole, and the last one throws
 * its copy away.
 */
final class Binaries {
  private Binaries() {}

  /** Writes the content of an archive below a directory. */
  @FunctionalInterface
  interface Unpacker {
    void unpackInto(Path directory) throws IOException;
  }

  /**
   * The directory that holds the unpacked programs.
   *
   * @param name tells one version of the programs from every other
   */
  static Path unpackedOnce(String name, Unpacker unpacker) {
    try {
      Path home = cacheDirectory();
      Path complete = home.resolve(name);
      if (!Files.isDirectory(complete)) {
        unpackBeside(complete, home, unpacker);
      }
      return complete;
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot unpack " + name + ": " + e, e);
    }
  }

  private static void unpackBeside(Path complete, Path home, Unpacker unpacker) throws IOException {
    Path own = Files.createTempDirectory(home, "unpacking-");
    makeReadableByAll(own);
    try {
      unpacker.unpackInto(own);
      rename(own, complete);
    } finally {
      deleteTree(own);
    }
  }

  private static void rename(Path own, Path complete) throws IOException {
    try {
      Files.move(own, complete, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(complete)) { // else another JVM was faster
        throw e;
      }
    }
  }

  /** Belongs to this user, or it could hold another's programs. */
  private static Path cacheDirectory() throws IOException {
    String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9_-]", "_");
    Path base = Path.of(System.getProperty("java.io.tmpdir"));
    Path home = base.resolve("sluice-embedded-" + user);
    try {
      Files.createDirectory(home);
      makeReadableByAll(home);
    } catch (FileAlreadyExistsException e) {
      if (!isOwn(home, base)) {
        return Files.createTempDirectory(base, "sluice-embedded-");
      }
    }
    return home;
  }

  private static boolean isOwn(Path directory, Path base) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    Path probe = Files.createTempFile(base, "sluice-", ".probe");
    try {
      return Files.getOwner(directory).equals(Files.getOwner(probe));
    } finally {
      Files.delete(probe);
    }
  }

  private static void makeReadableByAll(Path directory) throws IOException {
    if (Platform.CURRENT.isPosix()) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Unpacks a tar archive compressed with xz. */
  static void unpackTxz(URL archive, Path into) throws IOException {
    try (InputStream raw = new BufferedInputStream(archive.openStream());
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path target = below(into, e.getName());
        if (e.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          unpackFile(tar, e, target);
        }
      }
    }
  }

  private static void unpackFile(InputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    if ((entry.getMode() & 0100) != 0) {
      makeExecutable(target);
    }
  }

  /** Unpacks those entries of a jar whose names begin with a prefix, which is cut off. */
  static void unpackJar(Path jar, String prefix, List<String> executableIn, Path into)
      throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (entry.getName().startsWith(prefix) && !entry.isDirectory()) {
          String name = entry.getName().substring(prefix.length());
          Path target = below(into, name);
          Files.createDirectories(target.getParent());
          try (InputStream in = file.getInputStream(entry)) {
            Files.copy(in, target);
          }
          if (executableIn.stream().anyMatch(name::startsWith)) {
            makeExecutable(target);
          }
        }
      }
    }
  }

  private static Path below(Path directory, String name) throws IOException {
    Path target = directory.resolve(name).normalize();
    if (!target.startsWith(directory)) {
      throw new IOException("The archive has an entry outside its own tree: " + name);
    }
    return target;
  }

  private static void makeExecutable(Path file) throws IOException {
    if (!file.toFile().setExecutable(true, false)) {
      throw new IOException("Cannot make " + file + " executable");
    }
  }

  /** Deletes a directory and all that is in it, if it exists. */
  static void deleteTree(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
