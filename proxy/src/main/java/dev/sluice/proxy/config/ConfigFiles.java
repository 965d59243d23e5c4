package dev.sluice.proxy.config;

import java.io.IOException;
import java.nio.file.Path;

/** Where the files of a configuration come from. */
interface ConfigFiles {
  /**
   * Reads a file as UTF-8.
   *
   * @throws IOException with a message for the user, which does not name the file
   */
  String read(Path file) throws IOException;
}
