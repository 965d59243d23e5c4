package dev.sluice.proxy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files of the disk. Relative names start at the working directory. */
final class DiskFiles implements ConfigFiles {
  /** No configuration is so big; a device or a log is. In bytes. */
  static final int MAX_BYTES = 64 << 20;

  private final Path workingDirectory;

  DiskFiles(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
  }

  /** The files as this process sees them. */
  static ConfigFiles ofProcess() {
    return new DiskFiles(Path.of("").toAbsolutePath());
  }

  @Override
  public String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(workingDirectory.resolve(file))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("is longer than " + MAX_BYTES + " bytes");
      }
      return decoded(bytes);
    } catch (CharacterCodingException e) {
      throw new IOException("is not UTF-8 text; save it as UTF-8", e);
    } catch (NoSuchFileException e) {
      throw new IOException("does not exist" + where(file), e);
    } catch (AccessDeniedException e) {
      throw new IOException("may not be read by this process; check its permissions", e);
    }
  }

  private String where(Path file) {
    return file.isAbsolute() ? "" : "; relative names start at " + workingDirectory;
  }

  private static String decoded(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
